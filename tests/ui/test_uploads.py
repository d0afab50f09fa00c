"""Documents that come through the page, without the page."""

import asyncio
import hashlib
import shutil
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar, cast

import pytest
from tests.conftest import Invoke

from lsqa.answers import Answer
from lsqa.documents import Source
from lsqa.errors import LockedError
from lsqa.ingest import FileResult
from lsqa.ingest.files import signature
from lsqa.isolation import FileToRead
from lsqa.library import WritableLibrary
from lsqa.models import embedder_fingerprint
from lsqa.readers.recognition import usable_languages
from lsqa.settings import load_settings
from lsqa.ui.desk import Asked, Desk, Failed, Stage, Stopped
from lsqa.ui.feedback import Feedback
from lsqa.ui.turns import ShownTurn
from lsqa.ui.uploads import UnderWay, Uploads, safe_name

Result = TypeVar("Result")


@pytest.fixture
def desk(own_home: Path, clean_settings: Path) -> Iterator[Desk]:
    desk = Desk(load_settings(home=str(own_home))[0])
    yield desk
    desk.close()


def run_in_thread(work: Coroutine[Any, Any, Result]) -> Result:
    """What a coroutine gives, in a thread that has no event loop: the browser's tests leave one running in this."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def upload(folder: Path, name: str, content: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def taken(uploads: Uploads, *paths: Path) -> tuple[FileResult, ...]:
    async def run() -> tuple[FileResult, ...]:
        async for event in uploads.take(paths):
            assert not isinstance(event, Failed), event
            if isinstance(event, tuple):
                return event
        raise AssertionError

    return run_in_thread(run())


def asked(desk: Desk, question: str, session: str = "one") -> Answer:
    async def run() -> Answer:
        events = [event async for event in desk.ask(session, Asked(question))]
        assert isinstance(events[-1], Answer), events
        assert [e.name for e in events if isinstance(e, Stage)][:1] == ["retrieve"]
        return events[-1]

    return run_in_thread(run())


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("報告書 2025.pdf", "報告書 2025.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..", "document"),
        (".htaccess", "htaccess"),
        ("a\x00b\nc.md", "a_b_c.md"),
        ("", "document"),
        ('a<b>"c|d?.txt', "a_b_c_d_.txt"),
    ],
)
def test_a_name_is_no_path(given: str, safe: str) -> None:
    assert safe_name(given) == safe


def test_a_long_name_is_cut_before_its_ending() -> None:
    name = safe_name("長" * 300 + ".pdf")
    assert name.endswith("長.pdf")
    assert len(name.encode()) <= 200


def test_an_upload_is_asked_at_once_by_a_desk_that_was_open_before(desk: Desk, tmp_path: Path) -> None:
    assert asked(desk, "かわせみ計画の予算は？").status == "refused"
    uploads = Uploads(desk)
    (result,) = taken(
        uploads, upload(tmp_path / "in", "kawasemi.md", "# かわせみ計画\n\nかわせみ計画の予算は6億円である。\n")
    )
    assert result.status == "indexed"
    assert "6億円" in asked(desk, "かわせみ計画の予算は？").text
    assert desk.catalogue is not None
    record = desk.catalogue.record(result.doc_id)
    assert record is not None
    assert Path(record.path).is_relative_to(uploads.folder)
    uploads.remove(record)
    assert desk.catalogue.record(result.doc_id) is None
    assert not Path(record.path).exists()
    assert asked(desk, "かわせみ計画の予算は？").status == "refused"


def test_every_file_of_an_upload_tells_where_it_stands(desk: Desk, tmp_path: Path) -> None:
    async def run() -> list[object]:
        paths = [upload(tmp_path / f"in{n}", "note.md", f"# 計画\n\n予算は{n}億円。\n") for n in range(3)]
        return [event async for event in Uploads(desk).take(paths)]

    *under_way, results = run_in_thread(run())
    assert isinstance(results, tuple)
    assert [(Path(r.path).name, r.status) for r in results] == [("note.md", "indexed")] * 3  # no two of one content
    order = {"waiting": 0, "reading": 1}
    before = [0, 0, 0]
    for event in under_way:
        assert isinstance(event, UnderWay)
        assert [path for path, _ in event.files] == [result.path for result in results]
        stands = [order[state] if isinstance(state, str) else 2 for _, state in event.files]
        assert all(a <= b for a, b in zip(before, stands, strict=True))
        before = stands
    assert any(isinstance(event, UnderWay) for event in under_way)


def test_a_file_that_fails_when_it_is_read_again_stays_with_its_document(desk: Desk, tmp_path: Path) -> None:
    uploads = Uploads(desk)
    (result,) = taken(uploads, upload(tmp_path / "in", "tsubame.md", "# つばめ計画\n\n予算は2億円である。\n"))

    async def again() -> object:
        assert desk.catalogue is not None
        record = desk.catalogue.record(result.doc_id)
        assert record is not None
        return [event async for event in uploads.again(record)][-1]

    (same,) = cast(tuple[FileResult, ...], run_in_thread(again()))
    assert same.status == "unchanged"
    Path(result.path).write_bytes(b"\x00\x01\x02" * 100)
    (failed,) = cast(tuple[FileResult, ...], run_in_thread(again()))
    assert failed.is_failure
    assert Path(result.path).exists()
    assert desk.catalogue is not None
    assert desk.catalogue.record(result.doc_id) is not None


def test_an_upload_that_cannot_be_read_this_time_leaves_what_was_read_before(
    desk: Desk, tmp_path: Path, own_home: Path
) -> None:
    """The same file again, which has to be read anew, and a next version of it: neither is readable now."""
    content = "# ひばり計画\n\nひばり計画の予算は4億円である。\n"
    (first,) = taken(Uploads(desk), upload(tmp_path / "in", "hibari.md", content))
    with WritableLibrary.open_for_writing(own_home, embedder_fingerprint("bundled")) as library:
        kept = FileToRead(Path(first.path), Source())
        attempt = f"{signature(kept, usable_languages(desk.settings.ocr))}:{hashlib.sha256(b'').hexdigest()[:16]}"
        library.note_failure(first.path, attempt, "garbled", "its text came out as garbage")
    again = upload(tmp_path / "in", "hibari.md", content)
    broken = tmp_path / "in" / "next" / "hibari.md"
    broken.parent.mkdir()
    broken.write_bytes(b"\x00\x01\x02" * 100)
    results = taken(Uploads(desk), again, broken)
    assert [r.is_failure for r in results] == [True, True]
    assert Path(first.path).read_text(encoding="utf-8") == content
    assert "4億円" in asked(desk, "ひばり計画の予算は？").text
    assert [path.name for path in Uploads(desk).folder.rglob("*") if path.is_file()] == ["hibari.md"]


def test_what_nothing_was_made_of_is_not_kept(desk: Desk, tmp_path: Path) -> None:
    uploads = Uploads(desk)
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7 nothing")
    (result,) = taken(uploads, broken)
    assert result.is_failure
    assert result.reason
    assert not [path for path in uploads.folder.rglob("*") if path.is_file()]


def test_files_of_other_kinds_and_large_ones_are_not_taken(
    own_home: Path, clean_settings: Path, tmp_path: Path
) -> None:
    desk = Desk(load_settings(home=str(own_home), max_upload_mb="1")[0])
    large = tmp_path / "large.txt"
    large.write_bytes(b"x" * 1_100_000)
    paths = [large, *(upload(tmp_path / "in", name, "x") for name in ("a.jsonl", "b.jsonl.gz", "c.exe", "d.md"))]
    fine, refused = Uploads(desk).sifted(paths)
    desk.close()
    assert [path.name for path in fine] == ["d.md"]
    assert [r.key for r in refused] == ["upload-large", "upload-type", "upload-type", "upload-type"]


def test_asking_goes_on_while_documents_come_and_go(desk: Desk, tmp_path: Path) -> None:
    """No error, no wrong answer, no half of a document. How telling a word is changes with the documents, and with it
    how many quotes an answer has: the first stays."""
    expected = asked(desk, "B-cureの2025年度の予算はいくらですか？").text.splitlines()[:2]
    uploads = Uploads(desk)
    over = threading.Event()
    seen: list[str] = []

    def ask(session: str) -> None:
        while not over.is_set():
            seen.append(asked(desk, "B-cureの2025年度の予算はいくらですか？", session).text)

    threads = [threading.Thread(target=ask, args=(str(n),)) for n in range(3)]
    for thread in threads:
        thread.start()
    for number in range(4):
        (result,) = taken(
            uploads, upload(tmp_path / "in", f"note{number}.md", f"# 計画{number}\n\n予算は{number}億円。\n")
        )
        assert desk.catalogue is not None
        record = desk.catalogue.record(result.doc_id)
        assert record is not None
        uploads.remove(record)
    over.set()
    for thread in threads:
        thread.join(60)
    assert len(seen) >= 3
    assert [text.splitlines()[:2] for text in seen] == [expected] * len(seen)
    assert not any("計画" in text for text in seen)


def test_another_writer_is_told_not_waited_for(desk: Desk, tmp_path: Path, own_home: Path) -> None:
    async def run() -> list[object]:
        path = upload(tmp_path / "in", "a.md", "# a\n\n文。\n")
        return [event async for event in Uploads(desk).take([path])]

    with WritableLibrary.open_for_writing(own_home, embedder_fingerprint("bundled")):
        events = run_in_thread(run())
    assert isinstance(events[-1], Failed)
    assert isinstance(events[-1].error, LockedError)


def test_a_question_is_called_off_while_it_waits_in_line(desk: Desk) -> None:
    async def run() -> list[object]:
        desk.assistant()
        others = [asyncio.ensure_future(_all(desk, f"other{n}", "ワクチン開発の拠点はどこですか？")) for n in range(6)]
        mine = asyncio.ensure_future(_all(desk, "mine", "B-cureの予算は？"))
        await asyncio.sleep(0)  # all seven have asked, one after the other
        desk.stop("mine")
        events = await asyncio.wait_for(mine, 60)
        ends = [(await other)[-1] for other in others]
        assert all(isinstance(end, Answer) for end in ends)
        return events

    assert isinstance(run_in_thread(run())[-1], Stopped)


async def _all(desk: Desk, session: str, question: str) -> list[object]:
    return [event async for event in desk.ask(session, Asked(question))]


def test_feedback_is_noted_once_a_turn_and_made_into_cases(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path)
    assert feedback.cases() == ()
    good = ShownTurn.model_validate(
        {
            "id": "a", "question": "予算は？", "resolved": "B-cureの予算は？", "state": "done", "status": "answered",
            "text": "「43億円」[1]",
            "claims": [{"text": "43億円", "citations": [{"label": 1, "doc_id": "d", "page": 3}]}],
        }
    )  # fmt: skip
    refused = ShownTurn.model_validate({"id": "b", "question": "誰？", "state": "done", "status": "refused"})
    feedback.vote(good, -1)
    feedback.vote(good, 1)
    feedback.comment(good, " よい ")
    feedback.vote(refused, 1)
    first, second = sorted(feedback.cases(), key=lambda case: case.id)
    assert (first.question, first.kind, first.tags) == (
        "B-cureの予算は？",
        "lookup",
        ("feedback", "good", "comment: よい"),
    )
    assert (first.places[0].doc_id, first.places[0].page, first.reference) == ("d", 3, "「43億円」[1]")
    assert (second.kind, second.places) == ("unanswerable", ())
    assert not first.reviewed
    assert not second.reviewed


def test_feedback_is_handed_out_by_a_command(invoke: Invoke, tmp_path: Path) -> None:
    assert invoke("eval", "feedback-cases", "--home", tmp_path).out == ""
    turn = ShownTurn.model_validate({"id": "b", "question": "誰？", "state": "done", "status": "refused"})
    Feedback(tmp_path).vote(turn, 1)
    outcome = invoke("eval", "feedback-cases", "--home", tmp_path)
    assert (outcome.json["id"], outcome.json["reviewed"]) == ("feedback-b", False)
    assert "1 cases" in outcome.complaint


def test_a_library_that_is_empty_says_so(tmp_path: Path, clean_settings: Path, own_home: Path) -> None:
    home = tmp_path / "empty"
    home.mkdir()
    shutil.copytree(own_home / "models", home / "models", symlinks=True)
    desk = Desk(load_settings(home=str(home))[0])
    events = run_in_thread(_all(desk, "one", "予算は？"))
    assert desk.catalogue is None
    desk.close()
    assert isinstance(events[-1], Failed)
