"""server/README.md, F1 to F6 and K7: downloads that never change, whole or in parts, of any size."""

from __future__ import annotations

import gzip
import hashlib
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from tests.server.linked.conftest import asking

from unodc_graph.description.about import version_of
from unodc_graph.store.generation import Generation, GenerationFolder
from unodc_graph.store.metadata import Metadata
from unodc_graph.store.term import DefaultGraph, Literal, NamedNode, Quad
from unodc_server.download import AT_ONCE, Downloads

LATEST = "/dumps/latest/unodc-kg.nq.gz"
FORMATS = {"nq": "application/n-quads", "nt": "application/n-triples", "trig": "application/trig",
           "ttl": "text/turtle", "rdf": "application/rdf+xml", "jsonld": "application/ld+json"}  # fmt: skip
PATIENCE_SECONDS = 120


@pytest.fixture(scope="module")
def path(client: FlaskClient) -> str:
    """The path of the latest N-Quads file."""
    answer = client.get(LATEST)
    assert answer.status_code == 302
    return str(answer.headers["Location"]).removeprefix("http://localhost")


def test_the_list_names_every_release_and_file(client: FlaskClient, generation: Generation) -> None:
    listed = client.get("/dumps/?format=json").json
    assert listed["latest"] == version_of(generation.metadata) == listed["releases"][0]["version"]
    names = [file["url"].rpartition("/")[2] for file in listed["releases"][0]["files"]]
    for end in (".nq.gz", ".trig.gz", ".ttl.gz", ".jsonld.gz", ".nt.gz", ".rdf.gz", ".csv.zip"):
        assert any(name.endswith(end) for name in names), end
    page = client.get("/dumps/", headers={"Accept": "text/html"}).text
    assert all(name in page for name in names)


def test_latest_leads_to_the_version_and_can_change(client: FlaskClient, path: str) -> None:
    assert "immutable" not in client.get(LATEST).headers["Cache-Control"]
    assert client.get("/dumps/latest/none.gz").status_code == 404
    assert path.startswith("/dumps/")


def test_a_file_is_immutable_and_named(client: FlaskClient, path: str) -> None:
    answer = client.get(path, buffered=True)
    assert "immutable" in answer.headers["Cache-Control"]
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "unodc-kg.nq.gz" in answer.headers["Content-Disposition"]
    assert "Content-Encoding" not in answer.headers
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_file_holds_the_asserted_statements(client: FlaskClient, path: str, generation: Generation) -> None:
    lines = gzip.decompress(client.get(path, buffered=True).data).splitlines()
    assert len(lines) == generation.metadata.quads


def test_a_checksum_stands_beside_each_file(client: FlaskClient, path: str) -> None:
    whole = client.get(path, buffered=True).data
    digest, name = client.get(f"{path}.sha256").text.split()
    assert (digest, name) == (hashlib.sha256(whole).hexdigest(), "unodc-kg.nq.gz")
    sums = client.get(f"{path.rpartition('/')[0]}/SHA256SUMS", buffered=True).text
    assert f"{digest}  {name}" in sums


def test_K7_a_part_is_206(client: FlaskClient, path: str) -> None:
    whole = client.get(path, buffered=True)
    part = client.get(path, buffered=True, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.data) == (206, whole.data[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(whole.data)}"
    assert whole.headers["Accept-Ranges"] == "bytes"


def test_K7_the_end_is_206(client: FlaskClient, path: str) -> None:
    whole = client.get(path, buffered=True).data
    assert client.get(path, buffered=True, headers={"Range": "bytes=-5"}).data == whole[-5:]


def test_K7_a_part_beyond_the_end_is_416(client: FlaskClient, path: str) -> None:
    answer = client.get(path, buffered=True, headers={"Range": "bytes=999999999-"})
    assert answer.status_code == 416
    assert answer.headers["Content-Range"].startswith("bytes */")
    assert answer.mimetype == "application/problem+json"


def test_K7_if_range_gives_the_whole_when_the_tag_is_another(client: FlaskClient, path: str) -> None:
    tag = client.get(path, buffered=True).headers["ETag"]
    assert client.get(path, buffered=True, headers={"Range": "bytes=0-4", "If-Range": tag}).status_code == 206
    assert (
        client.get(path, buffered=True, headers={"Range": "bytes=0-4", "If-Range": '"other"'}).status_code
        == 200
    )


def test_an_unchanged_file_is_304(client: FlaskClient, path: str) -> None:
    tag = client.get(path, buffered=True).headers["ETag"]
    assert client.get(path, buffered=True, headers={"If-None-Match": tag}).status_code == 304
    assert client.head(path, buffered=True).headers["ETag"] == tag


@pytest.mark.parametrize(
    "name", ["none.gz", "..%2F..%2Fcurrent", ".unodc-kg.nq.gz.new", "unodc-kg.nq.gz.md5"]
)
def test_only_files_of_a_release_are_served(client: FlaskClient, path: str, name: str) -> None:
    assert client.get(f"{path.rpartition('/')[0]}/{name}").status_code == 404


@pytest.mark.parametrize("suffix", FORMATS)
def test_F4_a_name_without_gz_is_what_is_in_the_file(client: FlaskClient, path: str, suffix: str) -> None:
    packed = client.get(f"{path.removesuffix('nq.gz')}{suffix}.gz", buffered=True).data
    latest = client.get(f"/dumps/latest/unodc-kg.{suffix}")
    assert latest.status_code == 302
    plain = client.get(latest.headers["Location"], buffered=True)
    coded = client.get(
        latest.headers["Location"], buffered=True, headers={"Accept-Encoding": "br, gzip;q=0.5"}
    )
    assert plain.mimetype == coded.mimetype == FORMATS[suffix]
    assert "Content-Encoding" not in plain.headers
    assert plain.data == gzip.decompress(packed)
    assert (coded.headers["Content-Encoding"], coded.data) == ("gzip", packed)
    assert plain.headers["ETag"] != coded.headers["ETag"]
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert "immutable" in plain.headers["Cache-Control"]
    for answer in (plain, coded):
        same = {"If-None-Match": answer.headers["ETag"]}
        if "Content-Encoding" in answer.headers:
            same["Accept-Encoding"] = "gzip"
        assert client.get(latest.headers["Location"], headers=same).status_code == 304
    head = client.head(latest.headers["Location"])
    assert (head.data, head.headers["ETag"]) == (b"", plain.headers["ETag"])


@pytest.mark.parametrize("name", ["unodc-kg.csv", "unodc-kg.nq.sha256", "unodc-kg", "manifest.json.gz"])
def test_F4_nothing_else_is_unpacked(client: FlaskClient, path: str, name: str) -> None:
    assert client.get(f"{path.rpartition('/')[0]}/{name}").status_code == 404
    assert client.get(f"/dumps/latest/{name}").status_code == 404


def test_F5_a_patch_leads_from_one_release_to_the_next(tmp_path: Path) -> None:
    folder = GenerationFolder(tmp_path)
    former = publish(folder, 1, ["kept", "gone", "line\nbreak"])
    with asking(tmp_path) as client:
        assert client.get(LATEST).status_code == 302
    latter = publish(folder, 2, ["kept", "new"])
    with asking(tmp_path) as client:
        listed = client.get("/dumps/?format=json").json
        assert [release["version"] for release in listed["releases"]] == [latter, former]
        address = listed["releases"][0]["changes"].removeprefix("http://localhost")
        assert f'href="http://localhost{address}"' in client.get("/dumps/?format=html").text
        assert "changes" not in listed["releases"][1]
        packed = client.get(address, buffered=True)
        text = client.get(address.removesuffix(".gz"), buffered=True)
        held = {
            version: set(
                gzip.decompress(
                    client.get(f"/dumps/{version}/unodc-kg.nq.gz", buffered=True).data
                ).splitlines()
            )
            for version in (former, latter)
        }
        back = client.get(f"/dumps/{former}/since-{latter}.rdfp", buffered=True).data.splitlines()
        for name in (f"since-{latter}.rdfp", "since-none.rdfp", f"since-{former}", f"since-../{former}.rdfp"):
            assert client.get(f"/dumps/{latter}/{name}").status_code == 404, name
    assert "immutable" in packed.headers["Cache-Control"]
    assert text.mimetype == "application/rdf-patch"
    rows = gzip.decompress(packed.data).splitlines()
    assert rows == text.data.splitlines()
    assert [row[:1] for row in rows] == [b"T", b"D", b"D", b"A", b"T"]
    removed, added = ({row[2:] for row in rows if row.startswith(mark)} for mark in (b"D ", b"A "))
    assert (held[former] - removed) | added == held[latter]
    assert back == [
        b"TX .",
        *(b"D " + row for row in sorted(added)),
        *(b"A " + row for row in sorted(removed)),
        b"TC .",
    ]


def test_F5_patches_of_many_pairs_do_not_fill_the_disk(tmp_path: Path) -> None:
    folder = GenerationFolder(tmp_path)
    versions = []
    for number in (1, 2, 3):
        versions.append(publish(folder, number, ["kept", str(number)]))
        with asking(tmp_path) as client:
            assert client.get(LATEST).status_code == 302
    downloads = Downloads(tmp_path / "dumps", patch_bytes=1)
    wanted = [(a, b) for a in versions for b in versions if a != b]
    texts = []
    for former, latter in wanted * 2:
        found = downloads.find(latter, f"since-{former}.rdfp.gz")
        assert found is not None
        texts.append(found.path.read_bytes())
        assert list((tmp_path / "dumps").glob("*/since-*")) == [found.path]
    assert texts[: len(wanted)] == texts[len(wanted) :], "a patch that is made again is the same"


def publish(folder: GenerationFolder, number: int, values: list[str]) -> str:
    """Publish a generation of these values, and return the version of its release."""
    quads = [
        Quad(
            NamedNode(f"http://example.org/{place}"), NamedNode("http://example.org/p"), Literal(value), graph
        )
        for place, value in enumerate(values)
        for graph in (NamedNode("http://example.org/g"), DefaultGraph())
    ]
    state = f"{number}d" * 32
    when = "2026-01-02T03:04:05+00:00"
    metadata = Metadata(0, when, None, len(values), len(values), 0, 1, f"{number}b" * 32, state, "test")
    with folder.writing():
        return version_of(folder.publish(quads, metadata).metadata)


def test_F6_a_large_release_is_made_beside_the_server(tmp_path: Path) -> None:
    folder = GenerationFolder(tmp_path)
    version = publish(folder, 1, [f"value {number}" for number in range(AT_ONCE + 1)])
    with asking(tmp_path) as client:
        assert client.get("/dumps/?format=json").json == {"latest": None, "releases": []}
        assert "are being made" in client.get("/dumps/?format=html").text
        first = client.get(LATEST)
        assert (first.status_code, first.headers["Retry-After"]) == (503, "30")
        assert client.get("/catalog").status_code == 200
        started = time.monotonic()
        while (answer := client.get(LATEST)).status_code == 503:
            assert time.monotonic() < started + PATIENCE_SECONDS
            time.sleep(0.2)
        assert answer.headers["Location"] == f"http://localhost/dumps/{version}/unodc-kg.nq.gz"
        listed = client.get("/dumps/?format=json").json
        assert listed["latest"] == version
        for file in listed["releases"][0]["files"]:
            body = client.get(file["url"].removeprefix("http://localhost"), buffered=True).data
            assert (len(body), hashlib.sha256(body).hexdigest()) == (file["bytes"], file["sha256"]), file
        for suffix in ("nq", "nt", "ttl"):
            body = client.get(f"/dumps/{version}/unodc-kg.{suffix}", buffered=True).data
            assert body.count(b"value ") == AT_ONCE + 1, suffix
        assert client.get("/catalog").text.count("a dcat:Distribution") == len(listed["releases"][0]["files"])


def test_an_unknown_release_is_404(client: FlaskClient) -> None:
    assert client.get("/dumps/0.0.0/unodc-kg.nq.gz").status_code == 404
    assert client.get("/dumps/../current").status_code == 404


def test_the_version_is_one_string_everywhere(client: FlaskClient, generation: Generation) -> None:
    version = version_of(generation.metadata)
    for path in ("/dumps/?format=json", "/.well-known/void", "/catalog", "/doc/programme/haya.ttl"):
        answer = client.get(path)
        assert version in answer.text, path
        assert answer.headers["Dataset-Release"] == version
    for path in ("/", "/dumps/", "/doc/programme/haya.html", "/ontology.html", "/search"):
        footer = client.get(path, headers={"Accept": "text/html"}).text.partition("<main")[2]
        assert version in footer, path
    manifest = client.get(f"/dumps/{version}/manifest.json", buffered=True)
    assert manifest.json["version"] == version


def test_a_release_asked_for_at_two_addresses_at_once_is_made_once(facts_state: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    shutil.copytree(facts_state, state, ignore=shutil.ignore_patterns("dumps"))
    with asking(state) as client, ThreadPoolExecutor(8) as threads:
        addresses = ["/catalog", "/dumps/?format=json"] * 4
        answers = list(threads.map(lambda path: client.application.test_client().get(path), addresses))
        assert [answer.status_code for answer in answers] == [200] * 8
        assert len(list((state / "dumps").iterdir())) == 1
