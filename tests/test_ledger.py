"""The ledger of a page: each figure with its programme, year, status and place, as budgets are really written."""

from decimal import Decimal
from pathlib import Path

import pytest

from lsqa.catalogue import Catalogue, CatalogueWriter, Entry
from lsqa.documents import Source, make_document
from lsqa.ledger import LedgerEntry, document_ledger, page_ledger
from lsqa.readers.markup import read_markup


def _entries(text: str) -> tuple[LedgerEntry, ...]:
    return tuple(entry for page in read_markup(text) for entry in page_ledger(page))


def _amounts(text: str) -> list[tuple[str, int, str]]:
    (page,) = read_markup(text)
    return [(page.text[e.start : e.end], e.fiscal_year, e.status) for e in page_ledger(page) if e.kind == "amount"]


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        (
            "令和7年度予算額（案） 43億円（前年度予算額 41億円）",
            [("43億円", 2025, "budget"), ("41億円", 2024, "budget")],
        ),
        (
            "令和7年度予算額 43億円  \n令和6年度補正予算額 10億円  \n(前年度予算額 41億円)",
            [("43億円", 2025, "budget"), ("10億円", 2024, "supplementary"), ("41億円", 2024, "budget")],
        ),
        (
            "| 令和7年度予算額 | 43億円 | 前年度予算額 | 41億円 |",
            [("43億円", 2025, "budget"), ("41億円", 2024, "budget")],
        ),
        ("【R4補正31億円、R5補正9億円】", [("31億円", 2022, "supplementary"), ("9億円", 2023, "supplementary")]),
        ("69億円の内数（令和６年度当初予算）", [("69億円", 2024, "budget")]),
        ("令和7年度の概算要求額は122億円である。", [("122億円", 2025, "request")]),
        (
            "令和6年度当初予算額 41億円  \n令和6年度補正後予算額 51億円  \n令和6年度補正予算額 10億円",
            [("41億円", 2024, "budget"), ("51億円", 2024, "revised"), ("10億円", 2024, "supplementary")],
        ),
        ("令和5年度決算額 8億円", [("8億円", 2023, "settlement")]),
        ("The FY2025 budget is 4.3 billion yen.", [("4.3 billion yen", 2025, "budget")]),
        ("支援額は54億円である。", [("54億円", 0, "")]),
    ],
)
def test_an_amount_has_the_year_and_the_status_that_its_label_states(
    text: str, amounts: list[tuple[str, int, str]]
) -> None:
    assert _amounts(f"# 題\n\n{text}\n") == amounts


def test_dates_beside_amounts_are_noted_and_change_no_amount() -> None:
    text = "令和7年度予算額は43億円であり、2025年4月1日に配分し、前年度予算額は41億円であった。締切は6月13日である。"
    found = [(e.kind, e.value) for e in _entries(f"# 題\n\n{text}\n") if e.kind != "amount"]
    assert found == [("date", Decimal(20250401)), ("date", Decimal(613))]
    assert _amounts(f"# 題\n\n{text}\n") == [("43億円", 2025, "budget"), ("41億円", 2024, "budget")]


def test_a_cell_has_the_name_of_its_row_and_the_unit_of_its_head() -> None:
    entry = next(
        e
        for e in _entries("# 海の計画\n\n| 項目 | 予算額（百万円） |\n|---|---|\n| 観測 | 4,300 |\n| 合計 | 5,000 |\n")
        if e.value == Decimal(4_300_000_000)
    )
    assert (entry.programme, entry.kind, entry.unit, entry.measure) == ("観測", "amount", "JPY", "予算額（百万円）")
    assert "海の計画" in entry.names


def test_a_total_of_a_table_is_marked() -> None:
    entries = _entries(
        "# 題\n\n| 国 | 件数 | 割合 |\n|---|---|---|\n| 甲 | 3 | 60% |\n| 乙 | 2 | 40% |\n| 総計 | 5 |\n"
    )
    assert {e.value for e in entries if "total" in e.marks} == {Decimal(5)}
    assert {e.measure for e in entries if "total" in e.marks} == {"件数"}


def test_what_an_amount_does_not_say_exactly_is_marked() -> None:
    entries = _entries(
        "# 題\n\n- 甲 69億円の内数\n- 乙 14億円※\n- 1件当たり3億円\n- 上限5億円\n- 丙 152億円（5年間）\n"
    )
    marks = {int(e.value / 10**8): (e.marks, e.period) for e in entries if e.kind == "amount"}
    assert "part" in marks[69][0]
    assert "note" in marks[14][0]
    assert "rate" in marks[3][0]
    assert "bound" in marks[5][0]
    assert marks[152][1] == "5年間"


def test_an_amount_in_brackets_is_last_years_only_where_the_page_says_so() -> None:
    said = _amounts("# 題\n\n令和7年度予算額 43億円\n\n(前年度予算額 41億円)\n\n### 甲 14億円（13億円）\n")
    assert ("13億円", 2024, "budget") in said
    unsaid = [e for e in _entries("# 題\n\n### 甲 14億円（13億円）\n") if "bracketed" in e.marks]
    assert [(e.value, e.fiscal_year) for e in unsaid] == [(Decimal(1_300_000_000), 0)]


def test_a_heading_that_names_nothing_is_no_programme() -> None:
    (entry,) = _entries("# 海の計画\n\n## 予算\n\n令和7年度の予算は12億円である。\n")
    assert entry.programme == "海の計画"


def test_every_entry_stands_where_it_says() -> None:
    pages = read_markup(
        "# 題\n\n令和7年度予算額 43億円（前年度予算額 41億円）\n\n"
        "| 国 | 件数 |\n|---|---|\n| 甲 | 3件 |\n\n- 約3割、8件。\n"
    )
    for page in pages:
        for entry in page_ledger(page):
            start, end = entry.quote
            assert start <= entry.start < entry.end <= end
            assert any(c.isdigit() for c in page.text[entry.start : entry.end])


def test_the_catalogue_gives_back_what_was_stored_and_forgets_it_with_the_document(tmp_path: Path) -> None:
    pages = read_markup(
        "# 題\n\n令和7年度予算額 43億円（前年度予算額 41億円）\n\n| 国 | 割合 |\n|---|---|\n| 甲 | 6.4% |\n"
    )
    document = make_document(Source("deck"), sha256="0", kind="markdown", pages=pages, fallback="題")
    ledger = document_ledger(document)
    writer = CatalogueWriter.open(tmp_path)
    with writer.transaction():
        writer.add_pending(Entry(document, "deck.md", (), (), ledger))
    reader = Catalogue.open(tmp_path)
    assert reader.ledger() == ()
    with writer.transaction():
        writer.publish("deck")
    assert tuple(line.entry for line in reader.ledger()) == ledger
    assert {line.doc_id for line in reader.ledger(["deck", "other"])} == {"deck"}
    with writer.transaction():
        writer.drop("deck")
    assert reader.ledger() == ()
    reader.close()
    writer.close()


@pytest.mark.parametrize("reference", ["スライド16", "別紙 3", "Table 2"])
def test_where_something_stands_is_no_figure(reference: str) -> None:
    assert [e.value for e in _entries(f"# 題\n\n大学は4機関である（{reference}）。\n")] == [Decimal(4)]
