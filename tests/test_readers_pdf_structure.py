"""PDF pages: what is a title, a column, a table, a broken line, and what no reader of the page reads."""

from collections.abc import Sequence

import pytest
from tests.pdf_pages import Draw, Sheet, needs_font, texts

from lsqa.readers.glyphs import Glyph, PageContent
from lsqa.readers.pdf_lines import Frame, pieces_of

pytestmark = needs_font
LEFT = [
    "左の段の一行目はここから始まり長く続いて",
    "左の段の二行目もまた同じように長く続いて",
    "左の段の三行目で文は終わることになる。",
]
RIGHT = [
    "右の段の一行目はここから始まり長く続いて",
    "右の段の二行目もまた同じように長く続いて",
    "右の段の三行目で文は終わることになる。",
]
PROSE = "文部科学省は、ライフサイエンスの研究を進めるために、次の三つの事業を令和七年度に始める。"


def blocks(sheet: Sheet) -> list[tuple[str, int, str]]:
    page = sheet.read()
    return [(block.kind, block.level, page.text_of(block)) for block in page.blocks]


def test_titles_and_headings_by_size_and_the_rest_by_form() -> None:
    sheet = Sheet()
    sheet.put(40, 40, "事業の概要", 24)
    sheet.put(40, 100, "予算", 14)
    sheet.put(40, 130, PROSE)
    sheet.lines(40, 170, ["・拠点を三つ置く", "・装置を共用する"], step=20)
    sheet.put(40, 230, "（注）数値は概算である")
    assert blocks(sheet) == [
        ("heading", 1, "事業の概要"),
        ("heading", 2, "予算"),
        ("paragraph", 0, PROSE),
        ("item", 0, "拠点を三つ置く"),
        ("item", 0, "装置を共用する"),
        ("note", 0, "（注）数値は概算である"),
    ]


def test_numbered_lines_are_headings_where_they_stand_over_text_and_items_in_a_list() -> None:
    sheet = Sheet()
    sheet.put(40, 40, "１ 変更の内容について")
    sheet.put(50, 60, PROSE)
    sheet.put(40, 90, "２ 手続について")
    sheet.put(50, 110, "（１）新たに始める方")
    sheet.put(60, 130, PROSE)
    sheet.lines(40, 170, ["（２）申込書", "（３）同意書", "（４）写真"], step=20)
    found = blocks(sheet)
    assert [(level, text) for kind, level, text in found if kind == "heading"] == [
        (1, "１ 変更の内容について"),
        (1, "２ 手続について"),
        (2, "（１）新たに始める方"),
    ]
    assert [text for kind, _, text in found if kind == "item"] == ["（２）申込書", "（３）同意書", "（４）写真"]


def test_a_centred_line_over_the_text_is_its_title() -> None:
    sheet = Sheet()
    sheet.put(455, 40, "令和６年１２月１３日")
    title = "新しい検索サービスのご案内"
    sheet.put((595 - 10 * len(title)) / 2, 80, title)
    sheet.lines(40, 110, [PROSE, PROSE])
    assert ("heading", 1, title) in blocks(sheet)


def test_columns_are_read_one_after_the_other() -> None:
    sheet = Sheet()
    sheet.put(40, 30, "二段組の見出し", 18)
    for row, (left, right) in enumerate(zip(LEFT, RIGHT, strict=True)):  # drawn across, as some programs do
        sheet.put(40, 80 + 14 * row, left)
        sheet.put(320, 80 + 14 * row, right)
    assert texts(sheet.read()) == ["二段組の見出し", "".join(LEFT), "".join(RIGHT)]


def test_a_heading_on_a_bar_across_the_page_ends_the_columns_above_it() -> None:
    """Its words stand over the left column alone; the bar that they stand on reaches over both."""
    sheet = Sheet()
    left = [f"左の段の{n}行目に書かれている文である。" for n in range(6)]
    right = [f"右の段の{n}行目に書かれている文である。" for n in range(6)]
    sheet.lines(50, 100, left)
    sheet.lines(320, 100, right)
    sheet.set_fill_color(226, 232, 242)
    sheet.rect(50, 184, 495, 18, style="F")
    sheet.put(56, 187, "採択機関", size=12)
    sheet.grid(50, 208, [["区分", "大学", "拠点"], ["第一", "西大学", "港"], ["第二", "東大学", "丘"]], width=165)
    read = [text for _, _, text in blocks(sheet)]
    places = [
        next(i for i, text in enumerate(read) if found in text) for found in (left[-1], right[-1], "採択", "西大学")
    ]
    assert places == sorted(places)
    assert read[places[2]] == "採択機関"


def test_columns_without_a_heading_over_both_are_told_from_rows_though_no_two_lines_stand_level() -> None:
    sheet = Sheet()
    steps = ["事故発生", "調査", "勧告・意見", "提言の実施"]
    sheet.lines(40, 60, steps, step=60)
    for number, y in enumerate((66, 133, 190, 247)):
        sheet.lines(160, y, [f"説明{number}の一行目はここから始まり、次の行に", "続いてここで終わるものである。"])
    text = sheet.read().text
    places = [text.index(step) for step in steps] + [text.index(f"説明{number}") for number in range(4)]
    assert places == sorted(places)
    assert "次の行に続いてここで終わる" in text


def test_names_and_what_stands_level_with_them_are_rows() -> None:
    sheet = Sheet()
    for number, (name, value) in enumerate([("日時", "六月二十六日"), ("場所", "文部科学省"), ("議題", "研究の動向")]):
        sheet.put(40, 60 + 20 * number, name)
        sheet.put(120, 60 + 20 * number, value)
    assert texts(sheet.read()) == ["日時\t六月二十六日", "場所\t文部科学省", "議題\t研究の動向"]


def test_boxes_are_read_whole() -> None:
    sheet = Sheet()
    for number, x in enumerate((40, 320)):
        sheet.rect(x, 60, 200, 80)
        sheet.lines(x + 10, 70, [f"箱{number}の一行目である。", f"箱{number}の二行目である。"], step=30)
    joined = "\n".join(texts(sheet.read()))
    assert [joined.index(f"箱{box}の{line}") for box in (0, 1) for line in ("一", "二")] == sorted(
        joined.index(f"箱{box}の{line}") for box in (0, 1) for line in ("一", "二")
    )


@pytest.mark.parametrize("are_ruled", [True, False])
def test_a_table_is_read_by_rows_with_its_head(are_ruled: bool) -> None:
    rows = [["事業", "予算", "期間"], ["拠点", "12億円", "5年"], ["装置", "3億円", "3年"]]
    sheet = Sheet()
    sheet.put(40, 40, PROSE)
    if are_ruled:
        sheet.grid(40, 80, rows)
    else:
        for r, row in enumerate(rows):
            for c, text in enumerate(row):
                sheet.put(40 + 100 * c, 80 + 20 * r, text)
    page = sheet.read()
    assert texts(page, "head_row") == ["事業\t予算\t期間"]
    assert texts(page, "row") == ["拠点\t12億円\t5年", "装置\t3億円\t3年"]


def test_a_cell_that_spans_rows_stands_in_the_first_and_keeps_the_columns() -> None:
    sheet = Sheet()
    for x, y, wide, high, text in [
        (40, 40, 80, 20, "区分"), (120, 40, 80, 20, "形式"), (200, 40, 80, 20, "可否"),
        (40, 60, 80, 40, "検索"), (120, 60, 80, 20, "画像"), (200, 60, 80, 20, "○"),
        (120, 80, 80, 20, "本文"), (200, 80, 80, 20, "×"),
    ]:  # fmt: skip
        sheet.rect(x, y, wide, high)
        sheet.put(x + 4, y + 5, text)
    page = sheet.read()
    assert texts(page, "head_row", "row") == ["区分\t形式\t可否", "検索\t画像\t○", "\t本文\t×"]


def test_a_cell_of_several_lines_is_one_text() -> None:
    sheet = Sheet()
    sheet.grid(40, 40, [["事業", "内容"], ["連携", ""]], width=120, height=40)
    sheet.lines(164, 84, ["民間", "資金獲得"], step=12)
    assert texts(sheet.read(), "row") == ["連携\t民間資金獲得"]


def test_the_lines_of_a_diagram_cut_no_words() -> None:
    sheet = Sheet()
    for x, y in ((60, 40), (300, 40), (60, 200), (300, 200)):
        sheet.rect(x, y, 120, 60)
        sheet.put(x + 10, y + 20, "参加する機関")
    sheet.line(120, 100, 120, 200)
    sheet.line(360, 100, 360, 200)
    sheet.line(120, 150, 360, 150)
    labels = {"資金と人材を提供する": (80, 115), "装置を共に用いる": (320, 115), "成果を広く共有する": (80, 170)}
    for text, (x, y) in labels.items():
        sheet.put(x, y, text)
    cells = {cell for text in texts(sheet.read()) for cell in text.split("\t")}
    assert cells == {"参加する機関", *labels}


def _prose(sheet: Sheet) -> None:
    sheet.lines(
        40,
        60,
        [
            "研究の力を高めるために必要な装置を各地の大学が共に用いるようにし、人材の",
            "育成を進める。次に、資金の使い方を改める。",
        ],
    )


def _ragged(sheet: Sheet) -> None:
    sheet.put(40, 60, "研究の力を高めるために必要な装置を各地の大学が共に用いるようにする。人材の")
    sheet.put(40, 74, "育成も進める。")
    sheet.put(40, 110, "これはもう一つの段落であり、前のものよりもいくらか長い行を持っているのである。")


def _label(sheet: Sheet) -> None:
    sheet.rect(40, 50, 80, 50)
    sheet.put(70, 60, "民間")
    sheet.put(60, 75, "資金獲得")


def _item(sheet: Sheet) -> None:
    sheet.put(40, 60, "・企業や海外の大学との")
    sheet.put(50, 74, "共同の研究")


@pytest.mark.parametrize(
    ("draw", "whole"),
    [
        (_prose, "人材の育成を進める"),
        (_ragged, "人材の育成も進める"),
        (_label, "民間資金獲得"),
        (_item, "海外の大学との共同の研究"),
    ],
)
def test_a_line_broken_for_want_of_room_goes_on(draw: Draw, whole: str) -> None:
    sheet = Sheet()
    draw(sheet)
    assert whole in sheet.read().text


def test_the_entries_of_a_list_stay_apart_though_two_of_them_are_the_longest() -> None:
    entries = [
        "法人番号",
        "商号または名称",
        "商号または名称（カナ）の表記",
        "商号または名称（英字）の表記",
        "通称",
        "説明",
    ]
    sheet = Sheet()
    sheet.lines(40, 60, entries)
    assert texts(sheet.read()) == ["\n".join(entries)]


def test_text_in_a_larger_size_is_no_heading() -> None:
    large = [
        "私たちは、適確な事故調査により被害の原因究明を徹底して行い、その結果に基づき",
        "必要な施策の実施を求める。",
    ]
    sheet = Sheet()
    sheet.put(40, 30, "委員会の使命", 24)
    sheet.lines(40, 70, large, 12, step=16)
    sheet.lines(40, 130, ["・国際的な協力をさらに", "　要請する"], 12, step=16)
    sheet.lines(40, 190, ["協力国", "オーストラリア", "フランス", "オランダ", "イギリス"], 12, step=16)
    sheet.lines(40, 300, [PROSE] * 12, step=20)
    assert blocks(sheet)[:4] == [
        ("heading", 1, "委員会の使命"),
        ("paragraph", 0, "".join(large)),
        ("item", 0, "国際的な協力をさらに要請する"),
        ("paragraph", 0, "協力国\nオーストラリア\nフランス\nオランダ\nイギリス"),
    ]


def test_a_mark_in_a_larger_size_begins_an_item_and_two_of_them_stand_for_a_name() -> None:
    sheet = Sheet()
    sheet.put(40, 30, "○○県の取組", 20)
    sheet.lines(40, 80, ["○被害者への配慮", "○組織基盤の充実"], 14, step=30)
    sheet.lines(40, 160, [PROSE] * 4, step=20)
    assert blocks(sheet)[:3] == [
        ("heading", 1, "○○県の取組"),
        ("item", 0, "被害者への配慮"),
        ("item", 0, "組織基盤の充実"),
    ]


def test_lines_that_were_meant_to_end_stay_apart() -> None:
    sheet = Sheet()
    sheet.put(40, 30, PROSE)
    sheet.lines(40, 70, ["2025年6月26日", "研究振興局", "ライフサイエンス課"])
    page = sheet.read()
    assert "2025年6月26日\n研究振興局\nライフサイエンス課" in page.text


@pytest.mark.parametrize(
    ("first", "then", "whole"),
    [
        ("The ministry supports research infra-", "structure at all universities.", "infrastructure"),
        ("The ministry supports research and", "training at all the universities.", "research and training"),
    ],
)
def test_western_words_keep_their_spaces_and_lose_their_breaks(first: str, then: str, whole: str) -> None:
    sheet = Sheet()
    sheet.lines(40, 60, [first, then])
    assert whole in sheet.read().text


def test_headers_footers_and_page_numbers_are_dropped_and_text_is_not() -> None:
    sheet = Sheet()
    for number in range(1, 6):
        if number > 1:
            sheet.add_page()
        sheet.put(40, 20, "令和７年度 説明資料")
        sheet.put(40, 300, f"{number}年目の計画を述べる。")
        sheet.put(40, 340, "どの年にも同じように述べる。")
        sheet.put(290, 815, f"- {number} -")
    pages = sheet.reading().pages
    assert [texts(page) for page in pages] == [
        [f"{n}年目の計画を述べる。", "どの年にも同じように述べる。"] for n in range(1, 6)
    ]


def test_furigana_is_left_out() -> None:
    sheet = Sheet()
    sheet.put(40, 60, "膵臓の研究を進める。", 20)
    sheet.put(45, 53, "すいぞう", 6)
    assert sheet.read().text == "膵臓の研究を進める。"


def test_vertical_writing_runs_down_and_to_the_left() -> None:
    sheet = Sheet()
    columns = [
        "縦に書かれた文章の最初の列は右にあり",
        "その次の列はすぐ左に続いて下に進み、",
        "三つ目の列で文章は終わるのである。",
    ]
    for number, text in enumerate(columns):
        sheet.upright(500 - 20 * number, 60, text)
    assert sheet.read().text.replace("\n", "") == "".join(columns)


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_a_page_that_is_shown_turned_is_read_as_it_is_shown(angle: int) -> None:
    import io

    import pypdf

    from lsqa.readers.pdf import read_pdf

    sheet = Sheet()
    sheet.put(40, 40, "事業の概要", 24)
    sheet.put(40, 100, PROSE)
    content = sheet.content()
    straight = read_pdf(content, "straight.pdf").pages[0]
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
    writer.pages[0].rotate(angle).transfer_rotation_to_content()
    writer.pages[0].rotate(360 - angle)
    stream = io.BytesIO()
    writer.write(stream)
    assert read_pdf(stream.getvalue(), "turned.pdf").pages[0].text == straight.text


@pytest.mark.parametrize("rows", [[["甲", "乙"]], [["甲"], ["乙"], ["丙"]]])
def test_a_single_row_or_column_of_boxes_is_layout(rows: Sequence[Sequence[str]]) -> None:
    sheet = Sheet()
    sheet.grid(40, 40, rows)
    assert texts(sheet.read(), "head_row") == []


def test_a_space_of_a_whole_square_is_kept_and_spread_letters_are_not_torn() -> None:
    sheet = Sheet()
    sheet.put(40, 60, "ご利用者")
    sheet.put(89, 60, "各位")
    for step, y in ((13, 100), (18, 140)):
        for number, letter in enumerate("目次の案"):
            sheet.put(40 + step * number, y, letter)
    assert texts(sheet.read()) == ["ご利用者 各位", "目次の案", "目次の案"]


def test_words_that_run_leftwards_are_read_from_the_right() -> None:
    shalom = "\u05e9\u05dc\u05d5\u05dd"  # four Hebrew letters, as they are drawn from the left
    glyphs = [Glyph(100 + 6 * i, 50, 106 + 6 * i, 62, letter, 10.0, 60) for i, letter in enumerate(reversed(shalom))]
    (piece,) = pieces_of(glyphs, PageContent(1, 595, 842, glyphs), Frame(0, 595, 842))
    assert piece.text == shalom
