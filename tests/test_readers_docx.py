"""Word documents as pages: made here with python-docx, with the XML of what it cannot write put in by hand."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.enum.section import WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_BREAK
from docx.oxml import parse_xml

from lsqa.chunks import chunk_document
from lsqa.documents import Document, Page, Source
from lsqa.errors import DocumentError
from lsqa.ledger import document_ledger
from lsqa.readers import read_file
from lsqa.readers.docx import read_docx
from lsqa.readers.numbering import Numbering, read_numbering, written_number
from lsqa.readers.ooxml import office_kind
from lsqa.sections import heading_path_at, page_sections

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMESPACE = f'xmlns:w="{W}"'
VML = 'xmlns:v="urn:schemas-microsoft-com:vml"'
RENDERED = "<w:r><w:lastRenderedPageBreak/></w:r>"


def saved(document: Any) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def with_body(body: str, parts: dict[str, str] | None = None) -> bytes:
    """A document whose body is this XML; `parts` are further parts by their kind, with their root's children."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(docx.Document()))) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "word/document.xml":
                data = f"<w:document {NAMESPACE} {VML}><w:body>{body}</w:body></w:document>".encode()
            if name == "word/_rels/document.xml.rels":
                more = "".join(f'<Relationship Id="x{k}" Type="x/{k}" Target="x{k}.xml"/>' for k in parts or {})
                data = re.sub(rb"<Relationship [^>]*numbering[^>]*/>", b"", data)
                data = data.replace(b"</Relationships>", more.encode() + b"</Relationships>")
            new.writestr(name, data)
        for kind, inside in (parts or {}).items():
            new.writestr(f"word/x{kind}.xml", f"<w:{kind} {NAMESPACE}>{inside}</w:{kind}>")
    return stream.getvalue()


def paragraph(*runs: str, properties: str = "") -> str:
    """A w:p; a run without a tag is plain text."""
    inside = "".join(run if run.startswith("<") else f"<w:r><w:t>{run}</w:t></w:r>" for run in runs)
    return f"<w:p><w:pPr>{properties}</w:pPr>{inside}</w:p>"


def pages_of(content: bytes) -> tuple[Page, ...]:
    return read_docx(content, "plan.docx").pages


def blocks_of(content: bytes) -> list[tuple[str, str]]:
    (page,) = pages_of(content)
    return [(block.kind, page.text_of(block)) for block in page.blocks]


def texts(content: bytes) -> list[str]:
    return [page.text for page in pages_of(content)]


def test_headings_have_the_level_of_their_style_also_of_one_that_is_based_on_it() -> None:
    document = docx.Document()
    own = document.styles.add_style("章の名", WD_STYLE_TYPE.PARAGRAPH)
    own.base_style = document.styles["Heading 2"]
    document.add_heading("あけぼの計画", 0)
    document.add_heading("背景", 1)
    document.add_paragraph("予算", style="章の名")
    outlined = document.add_paragraph("担当")
    outlined._p.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {NAMESPACE} w:val="2"/>'))
    document.add_paragraph("令和7年度の予算は12億円である。")
    (page,) = pages_of(saved(document))
    found = [(b.kind, b.level) for b in page.blocks]
    assert found == [("heading", 1), ("heading", 1), ("heading", 2), ("heading", 3), ("paragraph", 0)]
    assert page.title == "あけぼの計画"


def test_headings_are_known_by_the_name_of_their_style_where_it_has_no_outline_level() -> None:
    style = '<w:style w:type="paragraph" w:styleId="{}"><w:name w:val="{}"/></w:style>'.format
    body = paragraph("予算", properties='<w:pStyle w:val="a"/>') + paragraph("表1", properties='<w:pStyle w:val="b"/>')
    (page,) = pages_of(with_body(body, {"styles": style("a", "見出し 2") + style("b", "caption")}))
    assert [(b.kind, b.level) for b in page.blocks] == [("heading", 2), ("label", 0)]


def test_short_bold_lines_are_headings_where_no_style_makes_any() -> None:
    document = docx.Document()
    document.add_paragraph().add_run("１　背景").bold = True
    document.add_paragraph().add_run("この文は太いが、文である。").bold = True
    assert [kind for kind, _ in blocks_of(saved(document))] == ["heading", "paragraph"]
    document.add_heading("本当の見出し", 1)
    assert [kind for kind, _ in blocks_of(saved(document))] == ["paragraph", "paragraph", "heading"]


def test_lists_are_items_with_their_level_and_literal_marks_are_dropped() -> None:
    document = docx.Document()
    document.add_paragraph("拠点は札幌に置く。", style="List Bullet")
    document.add_paragraph("・支所は那覇に置く。")
    document.add_paragraph("※支所は2か所である。")
    assert blocks_of(saved(document)) == [
        ("item", "拠点は札幌に置く。"),
        ("item", "支所は那覇に置く。"),
        ("note", "※支所は2か所である。"),
    ]


LEVELS = "".join(
    f'<w:lvl w:ilvl="{level}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
    for level, (start, form, text) in enumerate(
        ((1, "decimalFullWidth", "第%1条"), (1, "decimal", "%2"), (3, "iroha", "(%3)"))
    )
)
LISTS = (
    f'<w:abstractNum w:abstractNumId="5">{LEVELS}</w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="5"/></w:num>'
    '<w:num w:numId="2"><w:abstractNumId w:val="5"/>'
    '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="8"/></w:lvlOverride></w:num>'
)


def numbered(text: str, level: int, list_id: int = 1) -> str:
    properties = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>'
    return paragraph(text, properties=properties)


def test_numbers_that_word_makes_stand_before_the_text() -> None:
    body = numbered("目的", 0) + numbered("定義", 0) + numbered("拠点", 1) + numbered("札幌", 2) + numbered("那覇", 2)
    body += numbered("", 0) + numbered("委任", 0) + numbered("附則", 0, 2) + numbered("施行", 1, 2)
    (page,) = pages_of(with_body(body, {"numbering": LISTS}))
    assert [page.text_of(block) for block in page.blocks] == [
        "第１条 目的", "第２条 定義", "1 拠点", "(ハ) 札幌", "(ニ) 那覇", "第３条 委任", "第８条 附則", "1 施行",
    ]  # fmt: skip
    assert [block.level for block in page.blocks] == [0, 0, 1, 2, 2, 0, 0, 1]


@pytest.mark.parametrize(
    ("number", "number_format", "expected"),
    [
        (4, "upperRoman", "IV"), (28, "lowerLetter", "bb"), (3, "decimalEnclosedCircle", "③"), (12, "aiueo", "シ"),
        (21, "japaneseCounting", "二十一"), (10, "ideographDigital", "一〇"), (2, "ideographTraditional", "乙"),
        (7, "decimalZero", "07"), (5, "hebrew1", "5"), (10**14, "upperLetter", "1" + "0" * 14), (0, "upperRoman", "0"),
    ],
)  # fmt: skip
def test_numbers_are_written_in_the_formats_of_word(number: int, number_format: str, expected: str) -> None:
    assert written_number(number, number_format) == expected


def test_a_document_without_lists_numbers_nothing() -> None:
    assert read_numbering(None).label("1", 0) == ""
    assert Numbering().level_of_style("1", "Heading1") is None


def test_tables_have_heads_and_rows_that_keep_the_name_they_share() -> None:
    document = docx.Document()
    table = document.add_table(4, 3)
    rows = (
        ("事業", "年度", "予算"),
        ("あけぼの", "令和6年度", "9億円"),
        ("", "令和7年度", "12億円"),
        ("合計", "", "21億円"),
    )
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(3, 0).merge(table.cell(3, 1))
    assert blocks_of(saved(document)) == [
        ("head_row", "事業\t年度\t予算"),
        ("row", "あけぼの\t令和6年度\t9億円"),
        ("row", "あけぼの\t令和7年度\t12億円"),
        ("row", "合計\t\t21億円"),
    ]


def row(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>" + "".join(f"<w:tc>{cell}</w:tc>" for cell in cells) + "</w:tr>"


def test_a_long_text_across_rows_is_not_repeated() -> None:
    def cell(text: str, merge: str) -> str:
        return f'<w:tcPr><w:vMerge w:val="{merge}"/></w:tcPr>{paragraph(text)}'

    long = "この説明は三行にわたる欄に書かれた長い文章であり、行の名前ではないので、どの行にも繰り返されることはない。"
    body = row(paragraph("1件"), cell(long, "restart")) + row(paragraph("2件"), cell("", "continue"))
    assert blocks_of(with_body(f"<w:tbl>{body}</w:tbl>")) == [("row", f"1件\t{long}"), ("row", "2件")]


def test_a_table_of_one_cell_is_a_frame_and_deleted_rows_are_gone() -> None:
    frame = f"<w:tbl>{row(paragraph('枠の一。') + paragraph('枠の二。'))}</w:tbl>"
    deleted = (
        f"<w:tbl>{row(paragraph('残る'), paragraph('1'))}{row(paragraph('消えた'), properties='<w:del/>')}</w:tbl>"
    )
    assert blocks_of(with_body(frame + deleted)) == [
        ("paragraph", "枠の一。"),
        ("paragraph", "枠の二。"),
        ("row", "残る\t1"),
    ]


def test_breaks_part_pages_and_a_break_that_is_also_shown_counts_once() -> None:
    document = docx.Document()
    document.add_paragraph("一頁").add_run().add_break(WD_BREAK.PAGE)
    second = document.add_paragraph()
    second._p.append(parse_xml(f"<w:r {NAMESPACE}><w:lastRenderedPageBreak/><w:t>二頁</w:t></w:r>"))
    document.add_section(WD_SECTION.NEW_PAGE)
    document.add_paragraph("三頁").paragraph_format.page_break_before = True
    document.add_section(WD_SECTION.CONTINUOUS)
    document.add_paragraph("まだ三頁")
    document.add_paragraph("四頁").paragraph_format.page_break_before = True
    assert texts(saved(document)) == ["一頁", "二頁", "三頁\n\nまだ三頁", "四頁"]
    assert [page.number for page in pages_of(saved(document))] == [1, 2, 3, 4]


def test_a_sentence_over_the_end_of_a_page_stays_whole() -> None:
    body = paragraph("予算は", RENDERED, "12億円である。") + paragraph("次の文。") + paragraph(RENDERED, "三頁の文。")
    assert texts(with_body(body)) == ["予算は12億円である。", "次の文。", "三頁の文。"]


def test_a_head_that_word_repeats_stands_on_each_page_of_its_table() -> None:
    body = row(paragraph("事業"), paragraph("予算"), properties="<w:tblHeader/>")
    body += row(paragraph("あけぼの"), paragraph("9億円")) + row(paragraph(RENDERED, "しののめ"), paragraph("3億円"))
    assert texts(with_body(f"<w:tbl>{body}</w:tbl>")) == ["事業\t予算\nあけぼの\t9億円", "事業\t予算\nしののめ\t3億円"]


def test_a_document_without_any_break_is_one_page() -> None:
    assert texts(with_body(paragraph("一。") + paragraph("二。"))) == ["一。\n\n二。"]
    assert texts(with_body("")) == [""]


def test_notes_stand_at_the_end_of_the_page_that_refers_to_them() -> None:
    body = paragraph("予算", '<w:r><w:footnoteReference w:id="2"/></w:r>', "は12億円である。")
    place = paragraph("札幌", '<w:r><w:endnoteReference w:id="2"/></w:r>')
    body += f"<w:tbl>{row(place, paragraph('2人'))}</w:tbl>"
    body += paragraph('<w:r><w:br w:type="page"/></w:r>', "次の頁。")
    parts = {
        "footnotes": f'<w:footnote w:id="2">{paragraph("当初予算による。")}</w:footnote>',
        "endnotes": f'<w:endnote w:id="2">{paragraph("支所を除く。")}</w:endnote>',
    }
    first, second = pages_of(with_body(body, parts))
    assert [(b.kind, first.text_of(b)) for b in first.blocks] == [
        ("paragraph", "予算は12億円である。"),
        ("row", "札幌\t2人"),
        ("note", "当初予算による。"),
        ("note", "支所を除く。"),
    ]
    assert second.text == "次の頁。"


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


CHANGES = f"{run('予算')}<w:del><w:r><w:br/><w:delText>9</w:delText></w:r></w:del><w:ins>{run('12億円')}</w:ins>"
MOVES = f"<w:moveFrom>{run('前')}</w:moveFrom><w:moveTo>{run('後')}</w:moveTo>"
RUBY = f"<w:r><w:ruby><w:rt>{run('なは')}</w:rt><w:rubyBase>{run('那覇')}</w:rubyBase></w:ruby></w:r>"
LINK = f"<w:hyperlink>{run('別紙')}</w:hyperlink><w:r><w:br/><w:t>参照</w:t></w:r>"
HYPHENS = "<w:r><w:t>inter-</w:t><w:br/><w:t>national</w:t><w:noBreakHyphen/><w:t>wide</w:t></w:r>"
HIDDEN = run("隠し文", "<w:vanish/>") + run("表の文", '<w:vanish w:val="0"/>')
REFERENCE = f'<w:fldSimple w:instr=" REF a ">{run("表1")}</w:fldSimple>'
FIELDS = f'{REFERENCE}<w:fldSimple w:instr=" PAGE ">{run("7")}</w:fldSimple>'
PAGE_NUMBER = (
    '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText> PAGEREF x </w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="separate"/><w:t>12</w:t><w:fldChar w:fldCharType="end"/><w:t>背景</w:t></w:r>'
)
CONTROL = f"<w:sdt><w:sdtPr/><w:sdtContent>{run('選んだ値')}</w:sdtContent></w:sdt>"


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        pytest.param(CHANGES, "予算12億円", id="changes"),
        pytest.param(MOVES, "後", id="moves"),
        pytest.param(RUBY, "那覇", id="ruby"),
        pytest.param(LINK, "別紙\n参照", id="links and breaks"),
        pytest.param(HYPHENS, "international-wide", id="hyphens"),
        pytest.param(HIDDEN, "表の文", id="hidden"),
        pytest.param(FIELDS, "表1", id="fields"),
        pytest.param(PAGE_NUMBER, "背景", id="page numbers"),
        pytest.param(CONTROL, "選んだ値", id="controls"),
    ],
)
def test_a_paragraph_reads_as_it_is_printed(inside: str, expected: str) -> None:
    assert texts(with_body(paragraph(inside))) == [expected]


def test_a_paragraph_whose_end_was_deleted_goes_on_in_the_next() -> None:
    body = paragraph("前の", properties="<w:rPr><w:del/></w:rPr>") + paragraph("続き。")
    assert texts(with_body(body)) == ["前の続き。"]


def test_text_boxes_follow_the_paragraph_that_holds_them_once() -> None:
    box = f"<w:r><w:pict><v:textbox><w:txbxContent>{paragraph('箱の文。')}</w:txbxContent></v:textbox></w:pict></w:r>"
    compatibility = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    both = (
        f'<mc:AlternateContent xmlns:mc="{compatibility}"><mc:Choice Requires="wps">{box}</mc:Choice>'
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    )
    assert texts(with_body(paragraph("本文。", both) + paragraph("次。"))) == ["本文。\n\n箱の文。\n\n次。"]


def test_smartart_follows_the_paragraph_that_holds_it() -> None:
    drawing_ml = "http://schemas.openxmlformats.org/drawingml/2006/main"
    ids = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    reference = f'<d:relIds xmlns:d="urn:d" xmlns:r="{ids}" r:dm="xdata"/>'
    graphic = f'<a:graphicData xmlns:a="{drawing_ml}">{reference}</a:graphicData>'
    point = f'<d:pt xmlns:d="urn:d" xmlns:a="{drawing_ml}"><d:t><a:p><a:r><a:t>公募</a:t></a:r></a:p></d:t></d:pt>'
    body = paragraph("手順は図による。", f"<w:r><w:drawing>{graphic}</w:drawing></w:r>")
    assert blocks_of(with_body(body, {"data": point})) == [("paragraph", "手順は図による。"), ("item", "公募")]


def nested_tables(depth: int) -> bytes:
    return with_body("<w:tbl><w:tr><w:tc>" * depth + paragraph("底") + "</w:tc></w:tr></w:tbl>" * depth)


def test_tables_in_tables_are_read_to_the_bottom_and_refused_where_there_is_none() -> None:
    assert texts(nested_tables(70)) == ["底"]
    with pytest.raises(DocumentError, match="depth"):
        texts(nested_tables(2_000))


def test_templates_and_strict_documents_are_read() -> None:
    def change(data: bytes) -> bytes:
        data = data.replace(b"wordprocessingml.document.main", b"wordprocessingml.template.main")
        return re.sub(
            rb"http://schemas.openxmlformats.org/(wordprocessingml)/2006/", rb"http://purl.oclc.org/ooxml/\1/", data
        )

    content = rewritten(with_body(paragraph("厳格な文書。")), lambda _, data: change(data))
    assert texts(content) == ["厳格な文書。"]
    assert office_kind(content) == "docx"


@pytest.mark.parametrize("quote", ['"', "'"])
def test_documents_with_macros_are_known_by_their_main_part(quote: str) -> None:
    def change(name: str, data: bytes) -> bytes:
        if name != "[Content_Types].xml":
            return data
        plain = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
        return data.replace(plain, b"application/vnd.ms-word.document.macroEnabled.main+xml").replace(
            b'"', quote.encode()
        )

    content = rewritten(with_body(paragraph("文書。")), change)
    assert (office_kind(content), texts(content)) == ("docx", ["文書。"])


def rewritten(content: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    """The package with its parts changed; those for which None comes back are left out."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            data = change(name, old.read(name))
            if data is not None:
                new.writestr(name, data)
    return stream.getvalue()


def chaptered() -> bytes:
    """Chapter 6 with a section goes on over two breaks; on the third page chapter 7 begins."""
    document = docx.Document()
    document.add_heading("6 コード表", 1)
    document.add_heading("6.1 季節", 2)
    document.add_paragraph("季節を次のとおり定める。")
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    document.add_paragraph("春は三月からとする。")
    document.add_heading("6.2 曜日", 2)
    document.add_paragraph("曜日は月曜から数える。")
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    document.add_paragraph("祝日は別に定める。")
    document.add_heading("7 特記事項", 1)
    document.add_paragraph("直ちに施行する。")
    return saved(document)


def test_a_page_begins_under_the_headings_that_are_open() -> None:
    first, second, third = pages_of(chaptered())
    assert [section.heading_path for page in (first, second, third) for section in page_sections(page)] == [
        ("6 コード表",),
        ("6 コード表", "6.1 季節"),
        ("6 コード表", "6.1 季節"),
        ("6 コード表", "6.2 曜日"),
        ("6 コード表", "6.2 曜日"),
        ("7 特記事項",),
    ]
    assert heading_path_at(second, 0) == ("6 コード表", "6.1 季節")
    assert second.text == "春は三月からとする。\n\n6.2 曜日\n\n曜日は月曜から数える。"


def test_chunks_and_figures_on_a_later_page_stand_under_their_chapter() -> None:
    document = docx.Document()
    document.add_heading("あけぼの計画", 1)
    document.add_paragraph("観測を行う。")
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    document.add_paragraph("令和7年度の予算は12億円である。")
    pages = pages_of(saved(document))
    read = Document("d", "文書", "", "", "", "", "0", "docx", pages)
    assert chunk_document(read)[-1].heading_path == ("あけぼの計画",)
    assert document_ledger(read)[-1].names == ("あけぼの計画",)


TITLED = {
    "two paragraphs": ([("Title", "実装データモデル"), ("Title", "申請・届出")], "実装データモデル 申請・届出"),
    "two lines": ([("Title", "コアデータモデル解説書\n住所")], "コアデータモデル解説書 住所"),
    "beside a subtitle": ([("Title", "手引き"), ("Subtitle", "デジタル庁"), ("Title", "別紙")], "手引き"),
    "of a part": ([("Heading 1", "背景"), ("Title", "別紙")], "背景"),
    "a heading": ([("Heading 1", "背景"), ("Heading 1", "目的")], "背景"),
    "whole text": ([("Title", "文" * 60), ("Title", "章" * 60)], "文" * 60),
    "none": ([("Normal", "本文である。")], "plan"),
}


@pytest.mark.parametrize(("paragraphs", "title"), TITLED.values(), ids=TITLED.keys())
def test_the_title_is_in_one_line_what_is_styled_so_on_the_cover(
    paragraphs: list[tuple[str, str]], title: str, tmp_path: Path
) -> None:
    document = docx.Document()
    for style, text in paragraphs:
        document.add_paragraph(text, style=style)
    document.save(str(tmp_path / "plan.docx"))
    (read,) = read_file(tmp_path / "plan.docx", Source())
    assert read.title == title


def test_a_title_in_a_text_box_is_one() -> None:
    box = paragraph("あけぼの計画", properties='<w:pStyle w:val="Title"/>')
    drawn = (
        f"<w:r><w:pict><v:shape><v:textbox><w:txbxContent>{box}</w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
    )
    body = paragraph(drawn) + paragraph("手引き", properties='<w:pStyle w:val="Title"/>')
    assert read_docx(with_body(body), "plan.docx").title == "あけぼの計画 手引き"


def counted(pages: str) -> bytes:
    """A document of two stored pages for which Word has noted this number of them."""
    document = docx.Document()
    document.add_paragraph("一枚目。").add_run().add_break(WD_BREAK.PAGE)
    document.add_paragraph("二枚目。")
    changed = re.compile(rb"<Pages>.*?</Pages>")
    new = f"<Pages>{pages}</Pages>".encode()
    return rewritten(saved(document), lambda name, data: changed.sub(new, data) if name == "docProps/app.xml" else data)


@pytest.mark.parametrize(("pages", "warned"), [("11", True), ("2", False), ("1", False), ("", False), ("<b", False)])
def test_a_document_that_stores_fewer_breaks_than_word_showed_says_so(pages: str, warned: bool) -> None:
    reading = read_docx(counted(pages), "plan.docx")
    assert len(reading.pages) == 2
    said = ("page numbers follow the breaks stored in the file; Word counted 11 pages",)
    assert reading.warnings == (said if warned else ())


def test_missing_styles_and_numbering_do_not_matter() -> None:
    document = docx.Document()
    document.add_paragraph("拠点", style="List Bullet")
    bare = rewritten(
        saved(document), lambda name, data: None if name.startswith(("word/styles", "word/numb")) else data
    )
    assert texts(bare) == ["拠点"]


@pytest.mark.parametrize("cut", [b"", b"<w:document"], ids=["no main part", "half a main part"])
def test_a_damaged_document_fails_by_name(cut: bytes) -> None:
    damaged = rewritten(with_body(""), lambda name, data: (cut or None) if name == "word/document.xml" else data)
    with pytest.raises(DocumentError, match=r"plan\.docx is no readable Office file") as caught:
        pages_of(damaged)
    assert caught.value.status == "failed"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"%PDF-1.7"])
def test_what_is_no_package_is_of_no_kind(content: bytes) -> None:
    assert office_kind(content) is None
