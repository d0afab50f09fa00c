"""Readers keep what a deck says and where: slides that lost their titles, tables without heads, every encoding."""

import gzip
import io
import json
from pathlib import Path

import pypdf
import pytest
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from lsqa.documents import Document, Page, Source
from lsqa.errors import DocumentError
from lsqa.readers import decode, passages, read_file
from lsqa.readers.markup import plain, read_markup
from lsqa.readers.passages import read_passages
from lsqa.readers.pdf import read_pdf
from lsqa.readers.reading_options import ReadingOptions

BRIEFING = Path(__file__).parent.parent / "corpus" / "briefing.pdf"


def titles(text: str) -> list[str]:
    return [page.title for page in read_markup(text)]


def blocks(page: Page) -> list[tuple[str, str]]:
    return [(block.kind, page.text_of(block)) for block in page.blocks]


def read(path: Path, content: bytes) -> Document:
    path.write_bytes(content)
    (document,) = read_file(path, Source())
    return document


# Slides

TWO_SLIDES = "# 甲\n\n## 概要\n\n本文。\n\n"


@pytest.mark.parametrize(
    ("lost", "count"),
    [
        ("## 概要\n\n別の本文。\n", 3),
        ("## 現状・課題\n\n別の本文。\n", 3),
        ("## 国際的な動向\n\n別の本文。\n", 3),
        ("## 第2章 推進\n\n別の本文。\n", 3),
        ("## 体制\n\n別の本文。\n", 2),
        ("### 現状\n\n別の本文。\n", 2),
        ("## 甲\n\n図の題。\n", 2),
        ("---\n\n別の本文。\n", 3),
        ("\f別の本文。\n", 3),
    ],
    ids=["repeated", "opener", "trends", "chapter", "plain heading", "deep opener", "own title", "rule", "form feed"],
)
def test_a_slide_without_a_title_is_found_by_what_opens_it(lost: str, count: int) -> None:
    pages = read_markup(f"{TWO_SLIDES}{lost}\n# 乙\n\n本文。\n")
    assert len(pages) == count
    assert [page.number for page in pages] == list(range(1, count + 1))
    if count == 3:
        assert [page.title for page in pages] == ["甲", "", "乙"]
        assert "別の本文。" in pages[1].text


@pytest.mark.parametrize("mark", ["##", "###"])
def test_a_heading_that_comes_a_second_time_opens_a_slide(mark: str) -> None:
    assert len(read_markup(f"# 甲\n\n{mark} 体制\n\n文。\n\n{mark} 体制：\n\n別の文。\n\n# 乙\n\n文。\n")) == 3


def test_a_chapter_after_a_chapter_stays_on_its_slide() -> None:
    assert titles("# 甲\n\n## 第1章 基礎\n\n文。\n\n## 第2章 応用\n\n文。\n\n# 乙\n\n文。\n") == ["甲", "乙"]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("# 甲\n\n本文である。\n\n- **要点はこれである**\n\n文。\n\n## 予算\n\n# 乙\n\n文。\n", 3),
        ("# 甲\n\n本文である。\n\n- **要点**はこれである\n\n文。\n\n## 予算\n\n# 乙\n\n文。\n", 2),
        ("# 甲\n\n### 深い\n\n文。\n\n- **要点はこれである**\n\n# 乙\n\n文。\n", 2),
    ],
    ids=["bold from end to end", "bold in part", "last on its slide"],
)
def test_a_bold_lead_item_opens_a_slide(text: str, count: int) -> None:
    assert len(read_markup(text)) == count


def test_text_after_a_wide_gap_under_a_deep_heading_opens_a_slide() -> None:
    def deck(gap: int) -> str:
        return "# 甲\n\n## 節\n\n#### 深い\n\n文。" + "\n" * (gap + 1) + "別の文。\n\n## 浅い\n\n文。\n\n# 乙\n\n文。\n"

    assert (len(read_markup(deck(3))), len(read_markup(deck(2)))) == (3, 2)


def test_a_text_with_one_title_is_one_page_whatever_its_headings() -> None:
    assert titles("# 題\n\n## 概要\n\n文。\n\n## 概要\n\n文。\n") == ["題"]


# Blocks


def test_labels_of_a_lost_figure_are_labels_and_sentences_are_not() -> None:
    page = read_markup("# 題\n\n基礎研究\n\n臨床\n応用\n\n文である。\n\n※ 出典は白書\n")[0]
    assert [kind for kind, _ in blocks(page)] == ["heading", "label", "label", "paragraph", "note"]


@pytest.mark.parametrize(
    ("table", "kinds"),
    [
        ("\t件数\t割合\n甲\t3\t10%\n乙\t4\t20%\n", ["head_row", "row", "row"]),
        ("甲\t3\t10%\n乙\t4\t20%\n", ["row", "row"]),
        ("| 名 | 数 |\n|---|---|\n| 甲 | 3 |\n", ["head_row", "row"]),
        ("| 甲 | 3 |\n| 乙 | 4 |\n", ["row", "row"]),
    ],
    ids=["empty corner", "head lost", "pipes", "pipes without a head"],
)
def test_rows_of_a_table(table: str, kinds: list[str]) -> None:
    page = read_markup(f"# 題\n\n{table}\n文。\n")[0]
    assert [kind for kind, _ in blocks(page)] == ["heading", *kinds, "paragraph"]
    assert "甲\t3" in page.text


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ("**太字", "太字"),
        ("文**中の** **印**", "文中の 印"),
        (r"値\* と \[注\]", "値* と [注]"),
        ("[白書](https://example.jp/a_b)を見る", "白書を見る"),
        ("A&amp;B", "A&B"),
        ("snake_case_name", "snake_case_name"),
        ("`code`", "code"),
        ("1,000万円～2,000万円", "1,000万円～2,000万円"),
    ],
)
def test_marks_are_dropped_and_words_are_kept(source: str, kept: str) -> None:
    assert plain(source) == kept


@pytest.mark.parametrize(
    ("line", "text"),
    [("- ・拠点を置く", "拠点を置く"), ("・拠点", "拠点"), ("1. 甲", "甲"), ("* 乙", "乙"), ("✓ 丙", "丙")],
)
def test_marks_of_list_items(line: str, text: str) -> None:
    assert blocks(read_markup(f"# 題\n\n{line}\n")[0])[1] == ("item", text)


def test_an_item_goes_on_over_its_lines_and_knows_its_depth() -> None:
    page = read_markup("# 題\n\n- 甲の\n  続き\n    - 乙\n\n段落である。\n")[0]
    assert blocks(page)[1:] == [("item", "甲の\n続き"), ("item", "乙"), ("paragraph", "段落である。")]
    assert [block.level for block in page.blocks[1:3]] == [0, 2]


def test_comments_front_matter_and_windows_line_breaks_leave_no_trace() -> None:
    page = read_markup("---\r\ntitle: x\r\n---\r\n# 題\r\n\r\n<!-- 内緒\r\nの話 -->文。\r\n")[0]
    assert page.text == "題\n\n文。"


def test_blocks_are_what_stands_at_their_offsets() -> None:
    for page in read_pdf(BRIEFING.read_bytes(), "x").pages:
        ends = [0, *(block.end for block in page.blocks)]
        assert all(block.start >= before for block, before in zip(page.blocks, ends, strict=False))
        assert all(page.text_of(block) == page.text_of(block).strip() != "" for block in page.blocks)


# Encodings

JAPANESE = "# 研究の計画\n\n大学は、①髙度な研究を～五年間で行う。ﾃｽﾄ。\n" * 3
PLAIN = str.maketrans("①髙～ﾃｽﾄ", "(高-テスト")  # what the older character sets have


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932", "euc_jp", "iso2022_jp"])
def test_japanese_encodings(tmp_path: Path, encoding: str) -> None:
    text = JAPANESE if encoding in ("utf-8", "utf-8-sig", "utf-16", "cp932") else JAPANESE.translate(PLAIN)
    document = read(tmp_path / "a.txt", text.encode(encoding))
    assert document.title == "研究の計画"
    assert decode(text.encode(encoding), "a") == text


@pytest.mark.parametrize("content", [bytes(range(256)), b"\x00\x01" * 50, b"\x89PNG\r\n\x1a\n" + bytes(100)])
def test_a_binary_file_is_unsupported_whatever_its_name(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(DocumentError) as error:
        read(tmp_path / "a.txt", content)
    assert error.value.status == "unsupported"


def test_a_file_is_what_it_holds_and_not_what_it_is_called(tmp_path: Path) -> None:
    assert read(tmp_path / "a.md", BRIEFING.read_bytes()).kind == "pdf"
    assert read(tmp_path / "a.pdf", "# 題\n\n文。\n".encode()).kind == "markdown"
    assert read(tmp_path / "b.md", "見出しのない文。\n".encode()).kind == "text"


def test_form_feeds_part_the_pages_of_a_plain_text(tmp_path: Path) -> None:
    assert [page.number for page in read(tmp_path / "a.txt", "甲。\f乙。\f\f丙。".encode()).pages] == [1, 2, 3]


# Passages


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "is no JSON"),
        ('{"id": "b"}', "text: Field required"),
        ('{"id": 3, "text": "x"}', "id: Input should be a valid string"),
        ('{"id": "", "text": "x"}', "empty id"),
        ('{"id": "a", "text": "x"}', "repeats the id 'a'"),
        ("[1]", "the object"),
        ("[" * 100_000, "is no JSON"),
        ('{"id": 1' + "0" * 5_000 + "}", "is no JSON"),
    ],
)
def test_a_line_that_is_no_passage_is_named(line: str, reason: str) -> None:
    with pytest.raises(DocumentError) as error:
        read_passages(f'{{"id": "a", "text": "x"}}\n\n{line}\n', "p.jsonl")
    assert "p.jsonl, line 3" in str(error.value)
    assert reason in str(error.value)


def test_passages_carry_id_title_and_address() -> None:
    lines = [
        {"id": "a/1", "title": "題", "text": "文。", "url": "https://x.jp"},
        {"id": "b", "text": "# 見出し\n\n文。"},
    ]
    first, second = read_passages("\r\n".join(json.dumps(line) for line in lines), "p")
    assert (first.doc_id, first.title, first.url, first.kind) == ("a/1", "題", "https://x.jp", "passage")
    assert second.title == "見出し"


def test_packed_passages_are_read_and_other_packed_files_are_not(tmp_path: Path) -> None:
    packed = gzip.compress(b'{"id": "a", "text": "x"}')
    assert read(tmp_path / "p.jsonl.gz", packed).doc_id == "a"
    with pytest.raises(DocumentError, match="unpack it"):
        read(tmp_path / "p.txt", packed)
    with pytest.raises(DocumentError, match="no readable gzip"):
        read(tmp_path / "q.jsonl.gz", packed[:-9])


def test_a_gzip_bomb_is_refused_before_it_fills_the_memory() -> None:
    bomb = gzip.compress(bytes(3_000_000))
    assert len(bomb) < 4_000
    with pytest.raises(DocumentError, match="more than 1000000 bytes"):
        passages.decompress(bomb, "b", limit=1_000_000)
    assert len(passages.decompress(bomb, "b", limit=3_000_000)) == 3_000_000


# PDF


@pytest.fixture(scope="module")
def slides() -> tuple[Page, ...]:
    return read_pdf(BRIEFING.read_bytes(), "briefing.pdf").pages


def test_slides_have_their_titles_and_headings(slides: tuple[Page, ...]) -> None:
    assert len(slides) == 18
    assert slides[12].title.startswith("ゲノム医療実現バイオバンク利活用プログラム")
    assert all(page.title for page in slides)
    headings = [text for kind, text in blocks(slides[15]) if kind == "heading"]
    assert len(headings) > 1


def test_cells_of_a_row_stay_together(slides: tuple[Page, ...]) -> None:
    rows = [text for kind, text in blocks(slides[12]) if kind == "row"]
    assert "令和7年度予算額\t43億円\t前年度予算額\t43億円" in rows
    assert "総計\t1,089" in slides[4].text


def test_what_stands_on_every_slide_is_dropped(slides: tuple[Page, ...]) -> None:
    footer = "再構成版（文部科学省の原資料が優先する）"
    raw = [page.extract_text() for page in pypdf.PdfReader(BRIEFING).pages]
    assert sum(footer in text for text in raw) >= 17
    assert not [page.number for page in slides[1:] if footer in page.text]


def encrypted(password: str) -> bytes:
    writer = pypdf.PdfWriter(clone_from=BRIEFING)
    writer.encrypt(password, "owner", algorithm="RC4-128")
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def test_a_pdf_with_a_password(slides: tuple[Page, ...]) -> None:
    with pytest.raises(DocumentError) as error:
        read_pdf(encrypted("geheim"), "s.pdf")
    assert error.value.status == "locked"
    assert read_pdf(encrypted("geheim"), "s.pdf", ReadingOptions(password="geheim")).pages == slides


def one_page(content: bytes) -> bytes:
    """A PDF of one page in Helvetica."""
    writer = pypdf.PdfWriter()
    page = writer.add_blank_page(300, 300)
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    fonts = DictionaryObject({NameObject("/F1"): font})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    stream = DecodedStreamObject()
    stream.set_data(content)
    page[NameObject("/Contents")] = writer._add_object(stream)  # a stream has to be an object of its own
    result = io.BytesIO()
    writer.write(result)
    return result.getvalue()


def test_a_pdf_whose_text_is_garbage_is_told_and_not_indexed() -> None:
    assert read_pdf(one_page(b"BT /F1 12 Tf 20 200 Td (Plain words) Tj ET"), "p.pdf").pages[0].text == "Plain words"
    mojibake = "文字化けした頁".encode()
    with pytest.raises(DocumentError) as error:
        read_pdf(one_page(b"BT /F1 12 Tf 20 200 Td (" + mojibake + b") Tj ET"), "g.pdf")
    assert error.value.status == "garbled"


def test_a_pdf_without_text_is_empty(tmp_path: Path) -> None:
    assert read(tmp_path / "scan.pdf", one_page(b"")).is_empty


@pytest.mark.parametrize("size", [9, 200, 20_000])
def test_a_truncated_pdf(size: int) -> None:
    with pytest.raises(DocumentError, match="no readable"):
        read_pdf(BRIEFING.read_bytes()[:size], "t.pdf")
