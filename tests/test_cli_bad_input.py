"""Whatever is given: one line on stderr that says what to do, the right exit code, and the library as it was."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import get_args

import pypdf
import pytest
from filelock import FileLock
from tests.conftest import INTERRUPTIBLE, PROJECT, Ingested, Invoke

from lsqa.catalogue import DocumentRecord
from lsqa.cli.asking import run_batch
from lsqa.documents import DocumentKind
from lsqa.library import Library

BRIEFING = PROJECT / "corpus" / "briefing.pdf"
NOTHING_YET = "nothing has been ingested into"


def state(home: Path) -> tuple[int, tuple[DocumentRecord, ...], frozenset[str]]:
    """What readers see of a library."""
    with Library.open(home) as library:
        return library.catalogue.generation, library.catalogue.documents(), library.catalogue.vector_ids()


def broken_files() -> dict[str, tuple[bytes, str, str]]:
    """Content, status and a part of the reason, by file name."""
    pdf = BRIEFING.read_bytes()
    return {
        "binary.txt": (bytes(range(256)) * 20, "unsupported", "binary"),
        "truncated.pdf": (pdf[:20_000], "failed", "no readable PDF"),
        "garbage.pdf": (b"%PDF-1.7\n" + bytes(range(256)) * 20, "failed", "no readable PDF"),
        "filter.pdf": (pdf.replace(b"/FlateDecode", b"/FlateDecodX"), "failed", "damaged on every page"),
        "zero.pdf": (b"", "empty", "0 bytes"),
        "blank.txt": (b" \n\n", "empty", "no text"),
        "packed.gz.txt": (b"\x1f\x8b\x08\x00broken", "failed", "gzip"),
        "line.jsonl": (b'{"id": "a", "text": "x"}\n{"id": "b"}\n', "failed", "line 2"),
        "half.jsonl": (b'{"id": "a", "text": "\\ud800"}\n', "failed", "line 1"),
    }


@pytest.mark.parametrize("name", list(broken_files()))
def test_a_broken_file_fails_alone(invoke: Invoke, own_home: Path, tmp_path: Path, name: str) -> None:
    content, status, reason = broken_files()[name]
    broken, sound = tmp_path / name, tmp_path / "sound.md"
    broken.write_bytes(content)
    sound.write_text("# 題\n\n海はひろい。\n", encoding="utf-8")
    done = invoke("ingest", broken, sound, "--home", own_home, "--json")
    results = done.json["files"]
    assert done.code == 1
    assert (results[0]["status"], results[0]["doc_id"]) == (status, None)
    assert reason in results[0]["reason"]
    assert done.complaint == f"1 of 2 not ingested; the first is {broken}: {results[0]['reason']}"
    assert results[1]["status"] == "indexed"


@pytest.mark.parametrize(("password", "code"), [("geheim", 1), ("", 0)])
def test_a_pdf_with_a_password_is_locked_and_one_without_is_read(
    invoke: Invoke, own_home: Path, tmp_path: Path, password: str, code: int
) -> None:
    writer = pypdf.PdfWriter(clone_from=BRIEFING)
    writer.encrypt(password, "owner", algorithm="RC4-128")
    writer.write(tmp_path / "secret.pdf")
    done = invoke("ingest", tmp_path / "secret.pdf", "--home", own_home, "--json")
    result = done.json["files"][0]
    assert (done.code, result["status"]) == (code, "locked" if code else "indexed")
    assert not code or "password" in result["reason"]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("none", "there is no such file or folder"),
        ("empty", "no readable file in it"),
        ("https://127.0.0.1:1/a", "127.0.0.1 is not on the public network"),
    ],
)
def test_a_path_that_leads_nowhere(
    invoke: Invoke, own_home: Path, clean_settings: Path, path: str, reason: str
) -> None:
    (clean_settings / "empty").mkdir()
    before = state(own_home)
    done = invoke("ingest", path, "--home", own_home)
    assert done.code == 1
    assert f"{path}: {reason}" in done.complaint
    assert state(own_home) == before


@pytest.mark.parametrize("command", [["ask", "q"], ["retrieve", "q"], ["ingest", "x"]])
def test_an_index_of_another_encoder_names_the_command_that_makes_it_again(
    invoke: Invoke, corpus_library: Ingested, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.setenv("LSQA_EMBEDDER", "openai:text-embedding-3-small")
    before = state(corpus_library.home)
    done = invoke(*command, "--home", corpus_library.home)
    assert done.code == 1
    assert "`lsqa ingest --rebuild`" in done.complaint
    assert "openai:text-embedding-3-small" in done.complaint
    assert state(corpus_library.home) == before


def test_removing_needs_no_encoder(invoke: Invoke, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LSQA_EMBEDDER", "openai:text-embedding-3-small")
    assert invoke("documents", "remove", "note-trip", "--home", own_home).code == 0


def test_a_library_that_is_being_written(invoke: Invoke, own_home: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("文。", encoding="utf-8")
    with FileLock(own_home / "lock"):
        for command in (["ingest", tmp_path / "a.txt"], ["documents", "remove", "note-trip"]):
            done = invoke(*command, "--home", own_home)
            assert (done.code, "another process" in done.complaint, "wait" in done.complaint) == (1, True, True)
        assert invoke("retrieve", "予算", "--home", own_home).code == 0


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("", "is empty"),
        (" \u3000\n", "is empty"),
        ("あ" * 100_000, "100,000 characters"),
        ("\udcff\udcfe", "no valid Unicode"),
    ],
    ids=["empty", "blank", "long", "no text"],
)
@pytest.mark.parametrize("command", ["ask", "retrieve"])
def test_a_question_that_cannot_be_asked(
    invoke: Invoke, corpus_library: Ingested, command: str, question: str, reason: str
) -> None:
    done = invoke(command, question, "--home", corpus_library.home)
    assert (done.code, done.out) == (2, "")
    assert reason in done.complaint


@pytest.mark.parametrize(
    "question",
    ["a\0b", "😀👨‍👩‍👧 مرحبا بالعالم", "x" * 7_000, "創薬" * 500, "9" * 7_000 + "円", "か\u3099" * 100, "-", "？" * 50],
    ids=["NUL", "emoji", "long word", "long Japanese", "digits", "marks", "dash", "question marks"],
)
def test_an_odd_question_is_answered_or_refused(invoke: Invoke, corpus_library: Ingested, question: str) -> None:
    done = invoke("ask", "--home", corpus_library.home, "--json", "--", question)
    assert (done.code, done.err) == (0, "")
    assert done.json["question"] == question
    assert len(done.json["text"]) <= 400


@pytest.mark.parametrize("k", ["0", "-1", "x", "9" * 30])
def test_a_count_that_is_none(invoke: Invoke, corpus_library: Ingested, k: str) -> None:
    done = invoke("ask", "q", "-k", k, "--home", corpus_library.home)
    assert (done.code, "Invalid value for '-k'" in done.err) == (2, True)


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        (["--since", "2025-02-30"], "'2025-02-30' is no date"),
        (["--until", "2025-13"], "'2025-13' is no date"),
        (["--kind", "md"], "the kinds are pdf, pptx, docx, xlsx, csv, html, markdown, text, passage"),
    ],
)
@pytest.mark.parametrize("command", ["ask", "retrieve"])
def test_a_condition_that_is_none(
    invoke: Invoke, corpus_library: Ingested, command: str, condition: list[str], said: str
) -> None:
    done = invoke(command, "予算は？", *condition, "--home", corpus_library.home)
    assert (done.code, said in done.err) == (2, True)


def test_the_help_names_every_kind(invoke: Invoke) -> None:
    assert all(kind in invoke("ask", "--help").out for kind in get_args(DocumentKind))


@pytest.mark.parametrize("arguments", [["ask"], ["ask", "q", "--batch", "f"], ["ingest"], ["none"], ["ask", "--none"]])
def test_wrong_usage(invoke: Invoke, arguments: list[str]) -> None:
    done = invoke(*arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.strip()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{", "is no JSON"),
        (b'{"question": "q"}', "malformed"),
        (b'["q"]', "malformed"),
        (b'[{"answer": "a"}]', "malformed"),
        (b"[" * 100_000, "is no JSON"),
        (b"\xff\xfe", "is no JSON"),
        (None, "No such file"),
    ],
    ids=["broken", "object", "words", "no question", "deep", "no UTF-8", "missing"],
)
def test_a_history_that_cannot_be_read(
    invoke: Invoke, corpus_library: Ingested, tmp_path: Path, content: bytes | None, reason: str
) -> None:
    history = tmp_path / "history.json"
    if content is not None:
        history.write_bytes(content)
    done = invoke("ask", "q", "--history", history, "--home", corpus_library.home)
    assert done.code == 2
    assert reason in done.complaint
    assert "give a list" in done.complaint or "give a JSON list" in done.complaint


@pytest.mark.parametrize("name", ["none.jsonl", "."])
def test_a_batch_that_cannot_be_read(invoke: Invoke, corpus_library: Ingested, name: str) -> None:
    done = invoke("ask", "--batch", name, "--home", corpus_library.home)
    assert (done.code, "cannot read" in done.complaint) == (2, True)


def test_a_line_that_meets_a_defect_of_ours_does_not_stop_the_rest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    batch = tmp_path / "b.jsonl"
    batch.write_text('{"id": 1, "question": "0"}\n{"id": 2, "question": "4"}\n', encoding="utf-8")
    run_batch(batch, lambda question, _: {"inverse": 1 / int(question)})
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["id"], first["error"]["type"], second) == (1, "ZeroDivisionError", {"id": 2, "inverse": 0.25})


@pytest.mark.parametrize("command", [["ask", "q"], ["documents"], ["documents", "remove", "x"]])
def test_nothing_ingested_yet(invoke: Invoke, tmp_path: Path, command: list[str]) -> None:
    home = tmp_path / "new"
    done = invoke(*command, "--home", home)
    assert (done.code, NOTHING_YET in done.complaint, "lsqa ingest PATH" in done.complaint) == (1, True, True)
    assert not home.exists()


@pytest.mark.parametrize(
    ("home", "code", "reason"),
    [
        ("a file", 1, "is a file"),
        ("a file/below", 1, "is a file"),
        pytest.param(
            "/proc/lsqa", 1, "--home", marks=pytest.mark.skipif(not Path("/proc").is_dir(), reason="no /proc")
        ),
        ("", 2, "setting home"),
        ("~nobody-of-this-name/x", 2, "setting home"),
    ],
)
def test_a_data_folder_that_cannot_be_made(
    invoke: Invoke, clean_settings: Path, home: str, code: int, reason: str
) -> None:
    (clean_settings / "a file").write_text("文。", encoding="utf-8")
    done = invoke("ingest", "a file", "--home", home)
    assert (done.code, reason in done.complaint) == (code, True)
    assert (clean_settings / "a file").read_text(encoding="utf-8") == "文。"


@pytest.mark.parametrize("command", [["ask", "q"], ["documents"], ["ingest", "x"]])
def test_a_damaged_catalogue(invoke: Invoke, own_home: Path, command: list[str]) -> None:
    catalogue = own_home / "catalogue.sqlite3"
    content = catalogue.read_bytes()
    catalogue.write_bytes(content[:8192] + bytes(byte ^ 0x55 for byte in content[8192:]))
    done = invoke(*command, "--home", own_home)
    assert done.code == 1
    assert "damaged" in done.complaint
    assert "ingest again" in done.complaint


def start(*arguments: str | Path, stdout: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", INTERRUPTIBLE, *map(str, arguments)]
    return subprocess.Popen(command, stdout=stdout, stderr=subprocess.PIPE, text=True)


@pytest.mark.usefixtures("clean_settings")
def test_output_that_nobody_reads_is_no_error_to_report(corpus_library: Ingested) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    process = start("documents", "--json", "--home", corpus_library.home, stdout=writer)
    os.close(writer)
    assert process.communicate()[1] == ""
    assert process.returncode == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.usefixtures("clean_settings")
def test_output_that_does_not_fit_is_told(corpus_library: Ingested) -> None:
    with Path("/dev/full").open("w") as full:
        process = start("documents", "--home", corpus_library.home, stdout=full.fileno())
        complaint = process.communicate()[1]
    assert (process.returncode, complaint.count("\n"), "No space left" in complaint) == (1, 1, True)


@pytest.mark.usefixtures("clean_settings")
def test_an_interrupted_ingest_says_so_and_the_next_one_goes_on(invoke: Invoke, own_home: Path, tmp_path: Path) -> None:
    passages = tmp_path / "p.jsonl"
    lines = (json.dumps({"id": f"p{n}", "text": f"第{n}の文は長い。" * 30}) for n in range(300))
    passages.write_text("\n".join(lines), encoding="utf-8")
    process = start("ingest", passages, "--home", own_home, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not (own_home / "writer.pid").exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    complaint = process.communicate(timeout=60)[1]
    assert process.returncode == 130
    assert complaint.startswith("lsqa: interrupted")
    assert complaint.count("\n") == 1
    assert len(state(own_home)[1]) == 11
    assert invoke("documents", "remove", "note-trip", "--home", own_home).code == 0


@pytest.mark.usefixtures("clean_settings")
def test_searches_beside_an_ingest(own_home: Path, tmp_path: Path) -> None:
    passages = tmp_path / "p.jsonl"
    lines = (json.dumps({"id": f"p{n}", "text": f"第{n}の文である。"}) for n in range(300))
    passages.write_text("\n".join(lines), encoding="utf-8")
    writer = start("ingest", passages, "--home", own_home, stdout=subprocess.DEVNULL)
    readers = [start("retrieve", "予算", "--home", own_home, stdout=subprocess.DEVNULL) for _ in range(3)]
    for process in (writer, *readers):
        assert "Traceback" not in process.communicate(timeout=120)[1]
        assert process.returncode == 0
    assert len(state(own_home)[1]) == 311
