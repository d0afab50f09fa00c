"""What a sentence is held against: units of one page together only where they tell of the same thing."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lsqa.checking import Checker, Passage, judge
from lsqa.checking.candidates import Candidate, join
from lsqa.readers.markup import read_markup
from lsqa.statements.clauses import together
from lsqa.statements.subjects import subjects
from lsqa.units import page_units

DECK = """\
# 灯台の保守体制

灯台の保守は、基幹基地と衛星基地が分担する。

## 基地の役割

- 基幹基地：嵐に備え、平時に全国の灯火の監視を担う。
- 衛星基地：基幹基地を助け、近海の浮標の修理を行う。

## 基地の一覧

| 区分 | 運営 | 通称 |
| --- | --- | --- |
| 基幹基地 | 札幌工業大学 | ともしび |
| 衛星基地 | 那覇海洋大学 | いさりび |

# 航路標識の点検

## 点検の分担

- 那覇海洋大学が受け持つ海域は南西諸島
- 札幌工業大学が受け持つ標識は無線標識

## 点検の結果

点検の結果は海上技術協会が公表する。翌年度の計画もあわせて決める。

# 農業・漁業の統計：従事者の多い国

## 漁業分野の順位

| 順位 | 国 | 人数 |
| --- | --- | --- |
| 1 | ノルウェー | 4,120 |
| 2 | ドイツ | 3,301 |

## 農業分野の順位

| 順位 | 国 | 人数 |
| --- | --- | --- |
| 1 | カナダ | 8,950 |
| 2 | フランス | 7,640 |
| 3 | ドイツ | 5,210 |
"""


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checker]:
    folder: Path = tmp_path_factory.mktemp("passages")
    deck = folder / "deck.md"
    deck.write_text(DECK, encoding="utf-8")
    command = [sys.executable, "-m", "lsqa", "ingest", str(deck), "--home", str(folder / "home")]
    clean = {k: v for k, v in os.environ.items() if not k.startswith("LSQA_")}
    subprocess.run(command, capture_output=True, check=True, cwd=folder, env=clean)
    with Checker.open(home=str(folder / "home")) as opened:
        yield opened


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        # What stands in one row, with what a list says of the other.
        ("那覇海洋大学は基幹基地である。", "not_found"),
        ("札幌工業大学は衛星基地である。", "not_found"),
        ("那覇海洋大学は平時に全国の灯火の監視を担う。", "not_found"),
        ("いさりびは平時に全国の灯火の監視を担う。", "not_found"),
        ("那覇海洋大学は衛星基地である。", "supported"),
        ("札幌工業大学の基幹基地の通称はともしびである。", "supported"),
        ("基幹基地は平時に全国の灯火の監視を担う。", "supported"),
        # Items without a full stop say each its own.
        ("札幌工業大学が受け持つ海域は南西諸島である。", "not_found"),
        ("那覇海洋大学が受け持つ海域は南西諸島である。", "supported"),
        # Each clause of its own subject, in whatever unit.
        ("那覇海洋大学が受け持つ海域は南西諸島、札幌工業大学が受け持つ標識は無線標識である。", "supported"),
        # What goes on in the same paragraph, and what the slide's title names, is of the same thing.
        ("海上技術協会は点検の結果を公表し、翌年度の計画を決める。", "supported"),
    ],
)
def test_words_of_several_units_support_only_what_is_said_of_one_thing(
    checker: Checker, text: str, verdict: str
) -> None:
    (checked,) = checker.check(text).sentences
    assert checked.verdict == verdict, (checked.why, [c.citation.quote for c in checked.citations])


@pytest.mark.parametrize(
    ("text", "verdict", "quoted"),
    [
        ("Germany ranks third in agriculture.", "supported", ""),
        ("Germany ranks second in fisheries.", "supported", ""),
        ("Germany ranks second in agriculture.", "contradicted", "3"),
        ("Germany ranks fifth in fisheries.", "contradicted", "2"),
        ("農業分野でドイツは3位である。", "supported", ""),
        ("農業分野でドイツは2位である。", "contradicted", "3"),
        # Where both fields are told, either table may be meant.
        ("農業・漁業の統計でドイツは3位である。", "supported", ""),
        ("農業・漁業の統計でドイツは2位である。", "supported", ""),
    ],
)
def test_the_heading_of_a_table_binds_what_is_said_of_its_rows(
    checker: Checker, text: str, verdict: str, quoted: str
) -> None:
    (checked,) = checker.check(text).sentences
    assert (checked.verdict, "".join(d.quoted for d in checked.differences)) == (verdict, quoted), checked.why


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("那覇の測候所は港にある。", ("那覇の測候所",)),
        ("札幌は雪、那覇には雨が降る。", ("札幌", "那覇")),
        ("昨年度、測候所が「はまかぜ」を設けた。", ("測候所",)),
        ("港に測候所を設けた。", ()),
        ("漁業分野で那覇の測候所は古い。", ("那覇の測候所",)),
        ("港を守る測候所は古い。", ("港を守る測候所",)),
        ("Hamakaze is run by the port.", ()),
        ("The HMKZ station is run by the port.", ("HMKZ",)),
    ],
)
def test_what_the_clauses_of_a_sentence_speak_of(sentence: str, expected: tuple[str, ...]) -> None:
    assert subjects(sentence) == expected


def test_a_statement_stands_in_one_sentence_one_item_or_the_rows() -> None:
    sentence, row = "北署は夜間の巡回を担う。", "東署\t港湾"
    assert together("北署は夜間の巡回を担う。", [sentence, row]) == 1.0
    assert together("東署は夜間の巡回を担う。", [sentence, row]) < 1.0
    assert together("東署は港湾である。", [sentence, row]) == 1.0
    items = ["北署が守る区域は山林", "東署が守る時間帯は夜間"]
    assert together("北署が守る時間帯は夜間である。", items) < 1.0
    assert together("東署が守る時間帯は夜間である。", items) == 1.0
    assert together("東署は夜間に動く。", ["東署", "夜間に動く。"]) == 1.0  # a label stands with each


def test_the_words_of_one_row_stand_together_and_those_of_two_need_not() -> None:
    one = Passage(("区分\t運営\t通称", "基幹基地\t札幌工業大学\tともしび"), ("灯台の基地の一覧",))
    both = Passage((*one.quotes, "衛星基地\t那覇海洋大学\tいさりび"), one.context)
    assert judge("灯台の一覧で札幌工業大学はともしびを運営する。", [one]).verdict == "supported"
    assert judge("基地は札幌と那覇に置く。", [both]).verdict == "not_found"


def test_units_are_joined_where_they_name_the_subject_or_go_on_about_it() -> None:
    page = read_markup("# 基地\n\n札幌の基地は灯火を守る。毎年の点検も行う。\n\n- 浮標の修理は那覇が担う。\n")[0]
    units = [Candidate("d", "", page, (unit,), "") for unit in page_units(page) if unit.kind == "sentence"]
    joined = join("札幌の基地は灯火を守り、毎年の点検と浮標の修理を行う。", units)
    assert joined is not None
    assert joined.passage.quotes == ("札幌の基地は灯火を守る。", "毎年の点検も行う。")
    everything = join("灯火を守り、毎年の点検と浮標の修理を行う。", units)  # names no subject
    assert everything is not None
    assert len(everything.units) == 3


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("衛星基地は平時に全国の灯火の監視を担う。", "語は資料にあるが、1つの記述としては述べられていない"),
        ("衛星基地は浮標の塗装を行う。", "資料に見当たらない語: 塗装"),
    ],
)
def test_why_a_sentence_is_not_found_whose_words_are_all_there(checker: Checker, text: str, why: str) -> None:
    (checked,) = checker.check(text).sentences
    assert (checked.verdict, checked.why) == ("not_found", why)
