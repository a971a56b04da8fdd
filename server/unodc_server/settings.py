"""The settings of the server: their defaults, and how a file or the environment changes them.

Later sources win: defaults, a TOML file, variables `UNODC_KG_…`, the command line.
"""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

PREFIX: Final = "UNODC_KG_"


class SettingError(ValueError):
    """A setting is unknown or has a value it cannot have; the message names it and what is allowed."""


@dataclass(frozen=True)
class Settings:
    """How the server behaves. Sizes in bytes unless the name says otherwise, times in seconds."""

    state: Path = Path("var")
    public_origin: str = ""
    """Scheme, host and path prefix under which clients reach the server; empty takes it from each request."""
    trusted_proxies: int = 0
    """How many proxies in front set X-Forwarded-For, -Proto, -Host and -Prefix; others are not believed."""
    timeout: float = 20.0
    workers: int = 4
    waiting: int = 32
    worker_memory_mb: int = 1024
    rows: int = 1_000_000
    result_bytes: int = 256 * 1024 * 1024
    cache_bytes: int = 512 * 1024 * 1024
    body_bytes: int = 1024 * 1024
    write_timeout: float = 60.0
    """Seconds a change may take, its checks included."""
    write_memory_mb: int = 4096
    require_if_match: bool = False
    """Refuse a change to what exists, unless it says by If-Match which state it was made for."""
    url_bytes: int = 7_500
    header_bytes: int = 7_500
    request_seconds: float = 30.0
    """How long a request may take to arrive, from its first byte to its last."""
    rate: str = "1200 per minute"
    """Queries a client may send, in the notation of flask-limiter; empty means no limit."""
    services: tuple[str, ...] = ()
    """Endpoints that SERVICE may name, as written in queries; those have workers with sockets."""
    security_contact: str = ""
    """Where to report a weakness: `mailto:…` or `https://…`; empty leads to the front page."""
    metrics_public: bool = False
    blank: bool = False
    """Serve an empty, plain SPARQL store instead of the knowledge graph."""

    def with_values(self, values: Mapping[str, Any], source: str) -> Settings:
        """Return these settings changed by `values`, whose keys are field names. Raises SettingError."""
        known = {field.name: field for field in fields(self)}
        changed: dict[str, Any] = {}
        for name, value in values.items():
            if name not in known:
                allowed = ", ".join(sorted(known))
                raise SettingError(f"{source}: unknown setting {name!r}; there are {allowed}")
            changed[name] = _convert(name, value, getattr(self, name), source)
        return dataclasses.replace(self, **changed)

    def with_file(self, path: Path) -> Settings:
        """Return these settings changed by a TOML file. Raises SettingError."""
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise SettingError(f"{path}: cannot be read as TOML: {error}") from None
        return self.with_values(values, str(path))

    def with_environment(self, environment: Mapping[str, str]) -> Settings:
        """Return these settings changed by variables such as UNODC_KG_TIMEOUT. Raises SettingError."""
        found = {
            name.removeprefix(PREFIX).lower(): value
            for name, value in environment.items()
            if name.startswith(PREFIX)
        }
        return self.with_values(found, "environment")


def _convert(name: str, value: Any, default: Any, source: str) -> Any:
    """Return `value` in the type of the setting's default."""
    if isinstance(default, tuple):
        parts = value.split() if isinstance(value, str) else value
        if isinstance(parts, list | tuple) and all(isinstance(part, str) for part in parts):
            return tuple(parts)
        raise SettingError(f"{source}: {name} is a list of addresses")
    if isinstance(default, bool):
        words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
        word = str(value).lower()
        if word not in words:
            raise SettingError(f"{source}: {name} is true or false, not {value!r}")
        return words[word]
    if isinstance(default, int | float):
        try:
            number = type(default)(value)
        except (TypeError, ValueError):
            raise SettingError(f"{source}: {name} is a number, not {value!r}") from None
        if number < 0 or (number == 0 and name != "trusted_proxies" and name != "waiting"):
            raise SettingError(f"{source}: {name} must be above 0")
        return number
    return Path(value) if isinstance(default, Path) else str(value)
