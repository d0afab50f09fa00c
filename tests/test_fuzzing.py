"""Damaged files, odd texts, replies that are none: an error that is meant, or a right answer, never anything else.

A few examples each time; `make fuzz EXAMPLES=2000` for more, each run with others.
"""

import json
import os
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import docx
import fpdf
import openpyxl  # type: ignore[import-untyped]
import pptx
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from lsqa.citations import Claim
from lsqa.documents import Source
from lsqa.drafting.reading import ReplyReader
from lsqa.isolation import FileToRead, ReadingLimits, ReadingPool
from lsqa.models.strict_json import MalformedReplyError
from lsqa.readers.reading_options import ReadingOptions
from lsqa.text import fold, fold_with_offsets, locate

MORE = int(os.environ.get("FUZZ_EXAMPLES", "0"))


def few(count: int) -> settings:
    """`count` examples, the same each time; more and others where they are asked for."""
    return settings(
        max_examples=MORE or count,
        derandomize=not MORE,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


# Readers


def _saved(document: object) -> bytes:
    stream = BytesIO()
    document.save(stream)  # type: ignore[attr-defined]
    return stream.getvalue()


def _pdf() -> bytes:
    pdf = fpdf.FPDF()
    pdf.add_page()
    pdf.set_font("helvetica", size=12)
    pdf.cell(text="The budget of the plan is 12 million yen.")
    return bytes(pdf.output())


def _docx() -> bytes:
    document = docx.Document()
    document.add_heading("計画", 1)
    document.add_paragraph("予算は12億円である。")
    document.add_table(2, 2).cell(0, 0).text = "名称"
    return _saved(document)


def _pptx() -> bytes:
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes[0].text_frame.text = "計画"
    slide.shapes[1].text_frame.text = "予算は12億円である。"
    return _saved(deck)


def _xlsx() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["名称", "予算"])
    book.active.append(["計画", 12])
    return _saved(book)


SEEDS = {
    ".pdf": _pdf(),
    ".docx": _docx(),
    ".pptx": _pptx(),
    ".xlsx": _xlsx(),
    ".html": "<h1>計画</h1><table><tr><td>予算<td>12億円</table>".encode(),
    ".csv": "名称,予算\n計画,12億円\n".encode(),
    ".md": "# 計画\n\n| 名称 | 予算 |\n|---|---|\n| 計画 | 12億円 |\n".encode(),
    ".jsonl": '{"id": "p", "text": "予算は12億円である。"}\n'.encode(),
}
KINDS = {"indexed", "empty", "locked", "garbled", "unsupported", "failed"}


@st.composite
def damage(draw: st.DrawFn, content: bytes) -> bytes:
    """`content` with some bytes changed, taken out, put in or doubled. In a package the damage is that of a part, so
    that it gets past the check of the archive."""
    if content.startswith(b"PK") and draw(st.booleans()):
        return _in_a_part(draw, content)
    changed = bytearray(content)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(0, len(changed) - 1)))
        length = draw(st.integers(0, 40))
        what = draw(st.sampled_from(["change", "remove", "insert", "double"]))
        if what == "change":
            changed[at : at + length] = draw(st.binary(min_size=length, max_size=length))
        elif what == "remove":
            del changed[at : at + length]
        elif what == "insert":
            changed[at:at] = draw(st.binary(max_size=40))
        else:
            changed[at:at] = changed[at : at + length] * draw(st.integers(1, 50))
    return bytes(changed)


def _in_a_part(draw: st.DrawFn, content: bytes) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as package, zipfile.ZipFile(stream, "w") as damaged:
        victim = draw(st.sampled_from([name for name in package.namelist() if name.endswith((".xml", ".rels"))]))
        for name in package.namelist():
            part = package.read(name)
            damaged.writestr(name, draw(damage(part)) if name == victim else part)
    return stream.getvalue()


@pytest.fixture(scope="module")
def pool() -> Iterator[ReadingPool]:
    with ReadingPool(ReadingOptions(ocr_languages=""), ReadingLimits(seconds=30, processes=1)) as pool:
        yield pool


@pytest.mark.parametrize("suffix", SEEDS)
def test_a_damaged_file_is_read_or_told(pool: ReadingPool, tmp_path: Path, suffix: str) -> None:
    """In a process of its own, as always; that process may not die of it, either."""

    @few(12)
    @given(damage(SEEDS[suffix]))
    def read(content: bytes) -> None:
        path = tmp_path / f"file{suffix}"
        path.write_bytes(content)
        (result,) = pool.read_all([FileToRead(path, Source())], lambda file, step: None)
        if result.error is None:
            for document in result.documents:
                for page in document.pages:
                    assert all(0 <= block.start <= block.end <= len(page.text) for block in page.blocks)
                    page.text.encode()
        else:
            assert result.error.status in KINDS
            assert result.error.hint
            assert "crashed" not in result.error.message
            assert "went wrong" not in result.error.message
            assert "took longer" not in result.error.message

    read()


# Quotes

WRITING = st.text(
    alphabet=st.one_of(
        st.sampled_from("0123456789,.０１２，．億万円年度⻑長ｶﾞガ㈱①ﬁ\u3000\u200b\u0301\u3099 \n令和()（）%％-－ー"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=60,
)


@few(150)
@given(WRITING)
def test_folding_keeps_every_place(text: str) -> None:
    folded = fold_with_offsets(text)
    assert folded.text == fold(text)
    assert len(folded.starts) == len(folded.ends) == len(folded.text)
    assert all(0 <= start < end <= len(text) for start, end in zip(folded.starts, folded.ends, strict=True))
    assert list(folded.starts) == sorted(folded.starts)


@few(150)
@given(WRITING, WRITING)
def test_what_is_located_stands_there(quote: str, text: str) -> None:
    for start, end in locate(quote, text):
        assert fold(text[start:end]) == fold(quote)


@few(150)
@given(WRITING, WRITING, WRITING)
def test_what_stands_alone_is_located(before: str, quote: str, after: str) -> None:
    """Between line breaks nothing touches it: no number is cut, no character joined."""
    assume(fold(quote))
    text = f"{before}\n{quote}\n{after}"
    begin = len(before) + 1
    spans = locate(quote, text)
    assert any(begin <= start and end <= begin + len(quote) for start, end in spans)


# Replies

WORDS = st.one_of(WRITING.filter(bool), st.text(alphabet='\\"{}[]ab', min_size=1, max_size=20))
CITATIONS = st.fixed_dictionaries({"label": st.integers(-3, 99), "quote": WORDS})
CLAIMS = st.lists(
    st.fixed_dictionaries({"text": WORDS, "citations": st.lists(CITATIONS, max_size=3)}),
    max_size=4,
)


def read_in_pieces(reply: str, sizes: list[int]) -> list[Claim] | None:
    """The claims; None where it is no reply. Raises nothing else."""
    reader = ReplyReader()
    claims: list[Claim] = []
    at = 0
    try:
        for size in (*sizes, len(reply)):
            claims.extend(reader.feed(reply[at : at + size]))
            at += size
        reader.finish()
    except MalformedReplyError:
        return None
    return claims


@few(150)
@given(CLAIMS, st.lists(st.integers(0, 30), max_size=20), st.booleans())
def test_a_reply_is_read_alike_however_it_is_cut(
    claims: list[dict[str, object]], sizes: list[int], ascii: bool
) -> None:
    reply = json.dumps({"claims": claims}, ensure_ascii=ascii)
    read = read_in_pieces(reply, sizes)
    assert read is not None
    assert read == read_in_pieces(reply, [])
    assert [claim.text for claim in read] == [claim["text"] for claim in claims]


@few(200)
@given(CLAIMS, st.data())
def test_a_damaged_reply_is_refused_or_whole(claims: list[dict[str, object]], data: st.DataObject) -> None:
    content = data.draw(damage(json.dumps({"claims": claims}, ensure_ascii=False).encode()))
    reply = content.decode("utf-8", "replace")
    read = read_in_pieces(reply, data.draw(st.lists(st.integers(0, 30), max_size=10)))
    if read is not None:
        begin = reply.find("{")
        assert json.loads(reply[begin : reply.rfind("}") + 1])["claims"] == [
            {"text": c.text, "citations": [{"label": q.label, "quote": q.quote} for q in c.citations]} for c in read
        ]


@few(200)
@given(
    st.one_of(st.text(max_size=200), st.sampled_from(["[" * 5000, '{"claims":' * 3000, '{"claims": [' + "{" * 9000]))
)
def test_what_is_no_reply_is_refused(reply: str) -> None:
    assert read_in_pieces(reply, []) is None
