"""Delimited text: the dialect is found, titles and notes are told from the table, quoted line breaks stay in a cell."""

from pathlib import Path

import pytest

from lsqa.documents import Page, Source
from lsqa.readers import read_file
from lsqa.readers.delimited import head_rows, read_delimited


def blocks(page: Page) -> list[tuple[str, str]]:
    return [(block.kind, page.text_of(block)) for block in page.blocks]


def read(text: str) -> list[tuple[str, str]]:
    (page,) = read_delimited(text, "予算.csv")
    assert page.number == 1
    return blocks(page)


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_delimiter_is_found(delimiter: str, end: str) -> None:
    text = end.join(delimiter.join(row) for row in (("県", "人口"), ("北", "10"), ("南", "20"))) + end
    assert read(text) == [("heading", "予算"), ("head_row", "県\t人口"), ("row", "北\t10"), ("row", "南\t20")]


def test_the_line_by_which_spreadsheets_name_the_delimiter_is_no_row() -> None:
    assert read("sep=;\r\n県;人口\r\n北;1,5\r\n")[1:] == [("head_row", "県\t人口"), ("row", "北\t1,5")]


def test_figures_with_commas_do_not_part_the_cells_of_a_file_with_bars() -> None:
    assert read("県|人口|備考\n北|1,000|甲\n南|2,000|乙\n")[2:] == [("row", "北\t1,000\t甲"), ("row", "南\t2,000\t乙")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932", "euc_jp", "iso2022_jp"])
def test_a_file_is_read_in_the_encodings_of_japan(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "予算.csv"
    path.write_bytes(
        '県名,人口,備考\r\n北海道,5224,"札幌市,\r\n旭川市"\r\n沖縄県,1467,那覇市,余分\r\n'.encode(encoding)
    )
    (document,) = read_file(path, Source())
    assert blocks(document.pages[0])[1:] == [
        ("head_row", "県名\t人口\t備考"),
        ("row", "北海道\t5224\t札幌市, 旭川市"),
        ("row", "沖縄県\t1467\t那覇市\t余分"),
    ]


def test_commas_inside_figures_do_not_part_the_cells_of_a_file_with_tabs() -> None:
    assert read("県\t人口\n北\t1,000\n南\t2,000\n")[2:] == [("row", "北\t1,000"), ("row", "南\t2,000")]


def test_a_quoted_cell_keeps_delimiters_and_marks_and_loses_its_line_breaks() -> None:
    assert read('名,説明\n甲,"一行目\n二行目, ""引用"""\n')[2:] == [("row", '甲\t一行目 二行目, "引用"')]


def test_rows_of_other_lengths_are_kept_whole() -> None:
    assert read("県,人口,面積\n北,10\n南,20,5,余分\n")[1:] == [
        ("head_row", "県\t人口\t面積"),
        ("row", "北\t10"),
        ("row", "南\t20\t5\t余分"),
    ]


def test_lines_above_and_below_a_table_are_no_rows_and_a_blank_line_parts_tables() -> None:
    text = "表1 人口,,\n（単位：千人）,,\n県,2024,2025\n北,10,11\n※速報値である。,,\n,,\n県,面積,\n北,5,\n"
    assert read(text)[1:] == [
        ("heading", "表1 人口"),
        ("label", "（単位：千人）"),
        ("head_row", "県\t2024\t2025"),
        ("row", "北\t10\t11"),
        ("note", "※速報値である。"),
        ("head_row", "県\t面積"),
        ("row", "北\t5"),
    ]


def test_a_quotation_mark_that_is_never_closed_does_not_swallow_the_file() -> None:
    text = '名,値\n"甲,1\n' + "".join(f"項{i},{i}\n" for i in range(500))
    assert ("row", "項499\t499") in read(text)


def test_a_column_of_names_is_a_list_of_rows() -> None:
    kinds = [kind for kind, _ in read("県名\n" + "".join(f"県{i}\n" for i in range(20)))]
    assert kinds == ["heading", "head_row", *["row"] * 20]


@pytest.mark.parametrize("text", ["", "\n\n", ",,\n,,\n"])
def test_a_file_without_a_cell_is_an_empty_page(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("rows", "count"),
    [
        ([["県", "人口"], ["北", "10"]], 1),
        ([["北", "10"], ["南", "20"]], 0),
        ([["", "2024年度", "2025年度"], ["北", "1", "2"]], 1),
        ([["区分", "額", "\x1f"], ["区分", "前年", "今年"], ["北", "1", "2"]], 2),
        ([["項目：", "回答"], ["場所：", "札幌"]], 0),
        ([["名称", "所在地", "担当"], ["甲", "札幌", "企画課"]], 1),
        ([["県", "人口"]], 0),
    ],
    ids=["figures", "no head", "years", "two rows", "form", "text", "alone"],
)
def test_the_head_is_what_names_the_columns(rows: list[list[str]], count: int) -> None:
    assert head_rows(rows) == count
