"""What those who run the server rely on: health, measures, log, headers, proxies, start and end."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import rdflib
from tests.server.conftest import Server, running
from tests.server.process import alive, children, wait_until

HOSTS = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/kg"}


def serve(*options: str) -> subprocess.CompletedProcess[str]:
    code = "from unodc_graph.cli.main import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, "serve", *options],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_O1_healthz_and_readyz(server: Server) -> None:
    assert server.get("/healthz").status == 200
    ready = server.get("/readyz")
    assert ready.status == 200
    assert b"generation 1, 1000 triples" in ready.body


def test_O1_readyz_is_503_over_an_empty_graph(tmp_path: Path) -> None:
    from unodc_graph.store.generation import GenerationFolder
    from unodc_graph.store.metadata import Metadata

    state = tmp_path / "state"
    folder = GenerationFolder(state)
    with folder.writing():
        folder.publish((), Metadata(0, "2026-01-01T00:00:00+00:00", None, 0, 0, 0, 0, "", "", "0"))
    with running(state) as server:
        assert server.get("/readyz").status == 503
        assert server.get("/healthz").status == 200


def test_O2_measures_count_requests_by_route_and_status(server: Server) -> None:
    server.query("nonsense")
    text = server.get("/metrics").body.decode()
    assert re.search(r'unodc_kg_requests_total\{route="/sparql",status="400"\} [1-9]', text)
    for name in ("request_seconds_bucket", "active_queries", "killed_workers", "dataset_version", "triples"):
        assert f"unodc_kg_{name}" in text


def test_O2_measures_are_not_public(server: Server) -> None:
    reply = server.get("/metrics", X_Forwarded_For="192.0.2.1")
    assert reply.status == 403
    assert b"unodc_kg_requests" not in reply.body


def test_O3_each_query_has_a_line_in_the_log_without_its_client(server: Server) -> None:
    reply = server.query("SELECT ?logged { VALUES ?logged { 1 2 3 } }")
    line = next(line for line in server.query_lines() if line["query_id"] == reply.headers["Query-Id"])
    assert (line["status"], line["rows"], line["form"], line["dataset_version"]) == (200, 3, "select", 1)
    assert re.fullmatch(r"[0-9a-f]{32}", line["hash"])
    assert line["seconds"] > 0
    assert abs(datetime.now(UTC) - datetime.fromisoformat(line["time"])) < timedelta(minutes=5)
    assert "127.0.0.1" not in str(line)


def test_the_content_security_policy_is_spelt_right_and_strict(server: Server) -> None:
    known = {
        "default-src",
        "style-src",
        "script-src",
        "img-src",
        "connect-src",
        "form-action",
        "base-uri",
        "frame-ancestors",
    }
    for path in ("/", "/sparql?query=nonsense", "/nothing"):
        directives = dict(
            part.strip().split(" ", 1)
            for part in server.get(path).headers["Content-Security-Policy"].split(";")
        )
        assert set(directives) == known
        assert directives["default-src"] == "'none'"
        assert "unsafe" not in str(directives)
        assert "http" not in str(directives)
        assert server.get(path).headers["X-Content-Type-Options"] == "nosniff"


def test_O6_forwarded_hosts_are_not_believed_by_default(server: Server) -> None:
    reply = server.request("GET", "/sparql", headers=HOSTS)
    assert b"evil.example" not in reply.body
    assert "evil.example" not in str(reply.headers)


def test_O6_addresses_are_right_behind_a_trusted_proxy(small_state: Path) -> None:
    sent = {**HOSTS, "X-Forwarded-Host": "data.example", "X-Forwarded-For": "192.0.2.1"}
    with running(small_state, environment={"UNODC_KG_TRUSTED_PROXIES": "1"}) as server:
        reply = server.request("GET", "/sparql", headers=sent)
        sd = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
        graph = rdflib.Graph().parse(data=reply.body, format="turtle")
        assert list(graph.objects(None, sd.endpoint)) == [rdflib.URIRef("https://data.example/kg/sparql")]
        problem = server.request("GET", "/sparql?query=nonsense", headers=sent).json()
        assert problem["type"] == "https://data.example/kg/problems/query-syntax"
        page = server.request("GET", "/", headers={**sent, "Accept": "text/html"}).body.decode()
        assert 'action="https://data.example/kg/sparql"' in page


def test_the_front_page_reads_and_asks_without_scripts(server: Server) -> None:
    page = server.get("/", Accept="text/html").body.decode()
    assert "<script" not in page
    assert page.count('href="http') >= 3
    examples = re.findall(r"\?example=([a-z-]+)#query", page)
    assert len(examples) == 3
    for name in examples:
        text = re.search(
            r"<textarea[^>]*>(.*?)</textarea>",
            server.get(f"/?example={name}").body.decode(),
            re.DOTALL,
        )
        assert text
        query = text.group(1).replace("&lt;", "<").replace("&gt;", ">").replace("&#34;", '"')
        assert server.query(query.replace("&amp;", "&")).status == 200
    assert "unofficial" in page


def test_serve_without_a_graph_says_what_to_do(tmp_path: Path) -> None:
    done = serve("--state", str(tmp_path / "none"), "--port", "0")
    assert done.returncode == 2
    assert "unodc-kg build" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_in_use_is_said_with_the_way_out(small_state: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = serve("--state", str(small_state), "--port", str(port))
    assert done.returncode == 2
    assert f"port {port}" in done.stderr
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_server_that_cannot_begin_says_why_and_ends(small_state: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    shutil.copytree(small_state, state, ignore=shutil.ignore_patterns("spool"))
    (state / "spool").write_text("in the way", encoding="utf-8")
    done = serve("--state", str(state), "--port", "0")
    assert done.returncode != 0
    assert "spool" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [("timeout = 'soon'", "timeout"), ("colour = 1", "unknown setting"), ("timeout = ", "TOML")],
)
def test_a_wrong_setting_is_said(small_state: Path, tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(text, encoding="utf-8")
    done = serve("--state", str(small_state), "--settings", str(file))
    assert done.returncode == 2
    assert said in done.stderr


def test_settings_from_a_file_hold(small_state: Path, tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("timeout = 1.5\nrows = 7\npublic_origin = 'https://data.example/kg/'\n", encoding="utf-8")
    with running(small_state, "--settings", str(file)) as server:
        limits = server.get("/limits").json()
        assert (limits["seconds_per_query"], limits["rows_per_result"]) == (1.5, 7)
        assert b"<https://data.example/kg/sparql>" in server.get("/sparql").body


def test_O5_the_server_ends_with_all_its_processes(small_state: Path) -> None:
    with running(small_state) as server:
        server.query("ASK {}")
        below = children(server.process.pid)
        assert len(below) >= 6
    assert server.process.returncode == 0
    assert wait_until(lambda: not any(alive(process) for process in below))
    assert not list((small_state / "spool").glob(f"*/{server.process.pid}"))


def test_B1_a_blank_server_is_empty_and_plain(tmp_path: Path) -> None:
    with running(tmp_path / "unused", "--blank") as server:
        reply = server.query("SELECT (COUNT(*) AS ?n) { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }")
        assert reply.json()["results"]["bindings"][0]["n"]["value"] == "0"
        assert server.get("/readyz").status == 200
        assert "--blank" in server.get("/", Accept="text/html").body.decode()


def test_B2_a_blank_server_takes_changes_with_the_token_it_shows(tmp_path: Path) -> None:
    with running(tmp_path / "unused", "--blank") as server:
        assert server.process.stdout is not None
        announced = server.process.stdout.readline() + server.process.stdout.readline()
        shown = re.search(r"unodckg_[\w-]+", announced)
        assert shown is not None
        change = {"Authorization": f"Bearer {shown[0]}", "Content-Type": "application/sparql-update"}

        def update(text: str, headers: Mapping[str, str] = change) -> int:
            return server.request("POST", "/update", text.encode(), headers).status

        assert update("INSERT DATA { <urn:a> <urn:b> 1 }") == 200
        assert server.query("ASK { <urn:a> <urn:b> 1 }").json()["boolean"]
        assert update("CREATE GRAPH <urn:g>") == 200
        assert update("CREATE GRAPH <urn:g>") == 409  # row E409: no other request meets it
        assert update("CREATE SILENT GRAPH <urn:g>") == 200
        assert update("CLEAR ALL", {"Content-Type": change["Content-Type"]}) == 401
