"""Abbreviations that a text defines, and what looks like one and is none."""

import pytest

from lsqa.glossary import Definition, definitions


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("海洋観測網整備プログラム(K-Net)を始める。", "K-Net", "海洋観測網整備プログラム"),
        ("海洋観測網整備プログラム（Ｋ－Ｎｅｔ）を始める。", "K-Net", "海洋観測網整備プログラム"),
        ("KNDA（海洋観測開発機構）が担う。", "KNDA", "海洋観測開発機構"),
        ("海洋観測開発機構(KNDA:Kaiyo Agency)", "KNDA", "海洋観測開発機構"),
        ("海の観測に関する基本計画（以下「海洋戦略」という。）に基づく。", "海洋戦略", "基本計画"),
        ("A Data Management Plan (DMP) is required.", "DMP", "Data Management Plan"),
    ],
)
def test_a_definition_is_read_however_it_is_written(text: str, short: str, long: str) -> None:
    assert Definition(short, long) in definitions(text)


@pytest.mark.parametrize(
    "text",
    [
        "令和7年度(FY2025)の予算",
        "出典は学術誌(Nature)による。",
        "予算(案)を示す。",
        "出典はスライド13(K-Net)である。",
        "海洋観測開発機構\n(KNDA)",
        "The plan (draft) and a Longer Name (XYZ).",
        "",
        "（（（）",
    ],
)
def test_what_is_no_definition_defines_nothing(text: str) -> None:
    assert definitions(text) == ()


def test_each_is_told_once_and_in_order() -> None:
    text = "海洋観測網(K-Net)と気象観測網(M-Net)。海洋観測網(K-Net)。"
    assert [d.short for d in definitions(text)] == ["K-Net", "M-Net"]
