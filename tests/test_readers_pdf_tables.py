"""PDF pages: what the lines of a page are, tables of rows and heads, boxes that are read whole, or neither."""

from collections.abc import Sequence

import pytest
from tests.pdf_pages import Draw, Sheet, needs_font, texts

pytestmark = needs_font
Field = tuple[float, float, float, float, str]
"""Left, top, width, height and the text of a cell."""


def fields(sheet: Sheet, cells: Sequence[Field]) -> None:
    for x, y, wide, high, text in cells:
        sheet.rect(x, y, wide, high)
        if text:
            sheet.put(x + 4, y + 5, text)


def rows(sheet: Sheet) -> list[str]:
    return texts(sheet.read(), "head_row", "row")


def test_a_cell_that_spans_columns_stands_in_the_first_of_them() -> None:
    sheet = Sheet()
    fields(
        sheet,
        [(40, 40, 80, 40, "区分"), (120, 40, 160, 20, "配慮が必要な記事"), (280, 40, 80, 40, "その他"),
         (120, 60, 80, 20, "以前"), (200, 60, 80, 20, "以後"),
         (40, 80, 80, 20, "日付"), (120, 80, 80, 20, "可"), (200, 80, 80, 20, "不可"), (280, 80, 80, 20, "可")],
    )  # fmt: skip
    assert rows(sheet) == ["区分\t配慮が必要な記事\t\tその他", "\t以前\t以後", "日付\t可\t不可\t可"]


def test_a_cell_without_text_keeps_its_column() -> None:
    sheet = Sheet()
    sheet.grid(40, 40, [["事業", "予算", "期間"], ["拠点", "", "5年"], ["", "3億円", "3年"]])
    assert rows(sheet) == ["事業\t予算\t期間", "拠点\t\t5年", "\t3億円\t3年"]


def test_a_row_of_one_cell_names_the_table_and_its_columns_come_after_it() -> None:
    sheet = Sheet()
    fields(sheet, [(40, 40, 240, 20, "調査の件数")])
    sheet.grid(40, 60, [["区分", "前年", "本年"], ["航空", "59", "61"], ["鉄道", "46", "40"]])
    page = sheet.read()
    assert texts(page, "head_row") == ["調査の件数", "区分\t前年\t本年"]
    assert texts(page, "row") == ["航空\t59\t61", "鉄道\t46\t40"]


def test_shaded_rows_are_its_head_be_there_two_of_them_or_figures_in_them() -> None:
    sheet = Sheet()
    sheet.set_fill_color(220, 220, 220)
    sheet.rect(40, 40, 240, 40, style="F")
    sheet.grid(40, 40, [["区分", "2024年", "2025年"], ["", "1期", "2期"], ["航空", "59", "61"]])
    page = sheet.read()
    assert texts(page, "head_row") == ["区分\t2024年\t2025年", "\t1期\t2期"]


def test_a_first_row_of_figures_is_no_head_but_years_are() -> None:
    figures, years = Sheet(), Sheet()
    figures.grid(40, 40, [["航空", "59", "61"], ["鉄道", "46", "40"]])
    years.grid(40, 40, [["区分", "令和6年度", "2025年度"], ["鉄道", "46", "40"]])
    assert texts(figures.read(), "head_row") == []
    assert texts(years.read(), "head_row") == ["区分\t令和6年度\t2025年度"]


def _lines(sheet: Sheet) -> None:
    for y in (40, 60, 80, 100):
        sheet.line(40, y, 280, y)
    for x in (120, 200):
        sheet.line(x, 40, x, 100)


def _thin_boxes(sheet: Sheet) -> None:
    sheet.set_fill_color(0, 0, 0)
    for y in (40, 60, 80, 100):
        sheet.rect(40, y, 240, 0.5, style="F")
    for x in (40, 120, 200, 280):
        sheet.rect(x, 40, 0.5, 60, style="F")


def _shades(sheet: Sheet) -> None:
    sheet.set_fill_color(225, 235, 245)
    for r in range(3):
        for c in range(3):
            sheet.rect(41 + 80 * c, 41 + 20 * r, 78, 18, style="F")


@pytest.mark.parametrize("draw", [_lines, _thin_boxes, _shades])
def test_cells_are_parted_by_lines_by_thin_boxes_or_by_shades_and_open_at_their_sides(draw: Draw) -> None:
    sheet = Sheet()
    draw(sheet)
    for r, row in enumerate([["事業", "内容", "期間"], ["拠点", "研究の\n設備", "五年"], ["装置", "購入", "三年"]]):
        for c, text in enumerate(row):
            sheet.lines(44 + 80 * c, 42 + 20 * r, text.split("\n"), 7, step=8)
    assert rows(sheet) == ["事業\t内容\t期間", "拠点\t研究の設備\t五年", "装置\t購入\t三年"]


def test_a_line_within_a_word_gap_of_its_cell_is_no_cell_of_its_own() -> None:
    sheet = Sheet()
    sheet.grid(40, 40, [["名称", "内容"], ["期間", ""], ["予算", "3億円"]], width=200)
    sheet.put(244, 65, "令和7年4月")
    sheet.put(330, 65, "から")
    assert rows(sheet)[1] == "期間\t令和7年4月 から"


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["民間", "資金獲得"], "民間資金獲得"),
        (["・設備を置く", "・人を育てる"], "・設備を置く ・人を育てる"),
        (["設備の購入", "（1）顕微鏡", "（2）遠心機"], "設備の購入 （1）顕微鏡 （2）遠心機"),
        (["死亡者：4名", "負傷者：5名"], "死亡者：4名 負傷者：5名"),
        (["画像に限る", "※以後は不可"], "画像に限る ※以後は不可"),
        (["research", "support"], "research support"),
        (["infra-", "structure"], "infra-structure"),
    ],
)
def test_the_lines_of_a_cell_are_one_text_with_a_space_before_what_begins_anew(lines: list[str], text: str) -> None:
    sheet = Sheet()
    sheet.grid(40, 40, [["事業", "内容"], ["連携", ""]], width=120, height=50)
    sheet.lines(164, 94, lines, step=12)
    assert rows(sheet)[1] == f"連携\t{text}"


def test_a_narrow_cell_with_its_text_set_vertically_is_read_downwards() -> None:
    sheet = Sheet()
    fields(sheet, [(40, 40, 20, 80, ""), (60, 40, 100, 40, "拠点"), (60, 80, 100, 40, "装置"),
                   (160, 40, 80, 40, "五年"), (160, 80, 80, 40, "三年")])  # fmt: skip
    sheet.upright(45, 50, "研究事業", 10)
    assert rows(sheet) == ["研究事業\t拠点\t五年", "\t装置\t三年"]


def test_tables_side_by_side_are_read_one_after_the_other_each_under_its_name() -> None:
    sheet = Sheet()
    for x, name in ((40, "化学"), (320, "医学")):
        sheet.put(x, 40, f"{name}の論文")
        sheet.grid(x, 60, [["順位", "国"], ["一", f"{name}一国"], ["二", f"{name}二国"]], width=100)
    assert texts(sheet.read()) == [
        "化学の論文", "順位\t国", "一\t化学一国", "二\t化学二国",
        "医学の論文", "順位\t国", "一\t医学一国", "二\t医学二国",
    ]  # fmt: skip


def _stacked(sheet: Sheet, x: float, heading: str, lines: Sequence[str], step: float) -> None:
    """A box with its heading in a box on top, both of lines."""
    for y in (60, 90, 180):
        sheet.line(x, y, x + 240, y)
    sheet.line(x, 60, x, 180)
    sheet.line(x + 240, 60, x + 240, 180)
    sheet.put(x + 60, 68, heading, 14)
    sheet.lines(x + 8, 98, lines, step=step)


MISSION = [
    "私たちは、適確な事故調査により被害の原因究明",
    "を徹底して行い、勧告や意見の発出を通じて施策",
    "の実施を求めることにより安全性を向上させる。",
]
CONDUCT = ["○公正", "○迅速"]


def test_boxes_that_lines_draw_are_read_whole_with_their_headings() -> None:
    sheet = Sheet()
    _stacked(sheet, 30, "使命", MISSION, 14)
    _stacked(sheet, 300, "行動指針", CONDUCT, 28)
    sheet.lines(30, 220, ["事故の調査について、この資料は年に一度まとめて公表するものである。"] * 2)
    assert texts(sheet.read())[:5] == ["使命", "".join(MISSION), "行動指針", *(line[1:] for line in CONDUCT)]


def test_boxes_in_rows_and_columns_are_read_row_by_row() -> None:
    sheet = Sheet()
    names = ["一番目", "二番目", "三番目", "四番目"]
    for number, name in enumerate(names):
        x, y = 40 + 260 * (number % 2), 60 + 120 * (number // 2)
        sheet.rect(x, y, 220, 90)
        sheet.lines(x + 10, y + 10, [f"{name}の箱の一行目である。", f"{name}の箱の終わりの行である。"], step=30)
    text = sheet.read().text
    assert sorted(names, key=text.index) == names


def test_a_row_of_boxes_of_one_line_each_is_a_row() -> None:
    sheet = Sheet()
    for c, text in enumerate(["基礎研究", "応用研究", "臨床試験"]):
        sheet.rect(40 + 120 * c, 60, 110, 20)
        sheet.put(50 + 120 * c, 65, text)
    assert texts(sheet.read(), "row") == ["基礎研究\t応用研究\t臨床試験"]


def test_boxes_of_one_line_each_with_gaps_in_it_are_a_row_too() -> None:
    sheet = Sheet()
    for c, (name, figure) in enumerate([("基礎", "12億円"), ("応用", "7億円"), ("臨床", "30億円")]):
        sheet.rect(40 + 150 * c, 60, 140, 20)
        sheet.put(46 + 150 * c, 65, name)
        sheet.put(100 + 150 * c, 65, figure)
    assert rows(sheet) == ["基礎\t12億円\t応用\t7億円\t臨床\t30億円"]


def test_the_grid_behind_a_chart_is_no_table() -> None:
    sheet = Sheet()
    for x in range(60, 301, 60):
        sheet.line(x, 40, x, 240)
    for y in range(40, 241, 50):
        sheet.line(60, y, 300, y)
    sheet.lines(30, 36, ["400", "300", "200", "100"], step=50)
    sheet.put(100, 60, "論文の数は十年の間に大きく増えている")
    sheet.put(130, 110, "国際共著の割合も同じように増えている")
    sheet.put(90, 165, "分野による違いは以前よりも小さくなった")
    text = sheet.read().text
    assert "論文の数は十年の間に大きく増えている" in text
    assert "国際共著の割合も同じように増えている" in text


def test_a_table_on_a_page_that_lies_on_its_side_is_read_by_rows() -> None:
    import io

    import pypdf

    from lsqa.readers.pdf import read_pdf

    sheet = Sheet()
    sheet.grid(40, 40, [["事業", "予算"], ["拠点", "12億円"], ["装置", "3億円"]])
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(sheet.content()))
    writer.pages[0].rotate(90)
    stream = io.BytesIO()
    writer.write(stream)
    page = read_pdf(stream.getvalue(), "turned.pdf").pages[0]
    assert texts(page, "head_row", "row") == ["事業\t予算", "拠点\t12億円", "装置\t3億円"]
