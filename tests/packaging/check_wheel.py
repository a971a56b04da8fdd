"""Checks a built wheel: its top-level names, the data inside, and that every console script answers.

Usage: check_wheel.py WHEEL BIN, where BIN is the script folder of an environment that has the wheel
installed.
Run by `.ci/run`; not a pytest module, because it must not see the checkout's own packages.
"""

import configparser
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

TOP_LEVEL = {"unodc_graph", "unodc_server"}
DATA = {
    "unodc_graph/_data/ontology/unodc.ttl": 1,
    "unodc_graph/_data/ontology/schemes/": 5,
    "unodc_graph/_data/ontology/shapes/": 5,
    "unodc_graph/_data/graph/facts/reference/": 4,
    "unodc_graph/_data/graph/facts/sources/": 1,
    "unodc_graph/_data/graph/facts/passages/": 5,
    "unodc_graph/_data/queries/hygiene/": 5,
    "unodc_graph/_data/queries/competency/": 15,
    "unodc_server/templates/": 1,
}


def problems(wheel: Path, scripts: Path) -> list[str]:
    """Everything that is wrong with the wheel, in words; empty when it is right."""
    found: list[str] = []
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        entry_points = next(name for name in names if name.endswith(".dist-info/entry_points.txt"))
        parser = configparser.ConfigParser()
        parser.read_string(archive.read(entry_points).decode())
    first = {PurePosixPath(name).parts[0] for name in names}
    top = {name for name in first if not name.endswith(".dist-info")}
    if top != TOP_LEVEL:
        found.append(f"the wheel installs {sorted(top)}, not {sorted(TOP_LEVEL)}")
    for prefix, least in DATA.items():
        count = sum(name.startswith(prefix) for name in names)
        if count < least:
            found.append(f"{prefix}: {count} files in the wheel, at least {least} expected")
    for script in parser["console_scripts"]:
        run = subprocess.run([scripts / script, "--help"], capture_output=True, text=True)
        print(f"{script} --help: exit {run.returncode}")
        if run.returncode or "Usage" not in run.stdout:
            found.append(f"{script} --help exits {run.returncode}: {run.stderr.strip()}")
    with tempfile.TemporaryDirectory() as elsewhere:
        command = [scripts / "unodc-kg", "build", "--state", f"{elsewhere}/state"]
        run = subprocess.run(command, capture_output=True, text=True, cwd=elsewhere)
        print(f"unodc-kg build from the wheel: exit {run.returncode}")
        if run.returncode:
            found.append(f"unodc-kg build from the wheel exits {run.returncode}: {run.stdout} {run.stderr}")
    return found


if __name__ == "__main__":
    result = problems(Path(sys.argv[1]), Path(sys.argv[2]))
    for problem in result:
        print(f"wheel: {problem}")
    print("wheel: as it should be" if not result else f"wheel: {len(result)} problems")
    sys.exit(bool(result))
