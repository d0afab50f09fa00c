"""The demo corpus: the facts stand on their slides, the manifest is complete, the deck can be built again."""

import hashlib
import subprocess
import sys
import tomllib
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "corpus"
DECK = CORPUS / "briefing.pdf"
BUILDER = CORPUS / "build_deck.py"
FONT = Path("/usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf")
NOTES = sorted((CORPUS / "related").glob("*.md"))
SLIDES = 18

# The slide, then facts that must stand on it.
FACTS = """
1: ライフサイエンス政策について | 2025年6月26日 | 研究振興局 ライフサイエンス課 | 再構成版
1: 文部科学省の原資料が優先する
2: アカデミアにおける人材育成 | 非臨床試験 | Ministry of Economy, Trade and Industry | 日本医療研究開発機構 AMED
2: 計算資源
3: 1981～2022年 | 約半数 | 基礎生命科学は減少し、臨床医学は増加 | 3つのグラフは原資料にあり、本版では失われている
4: Top10%補正論文数 | 分数カウント法 | 2022年末バージョン | クオリベイト社 | 参考資料5-4 | 第71回
4: 地方公共団体の機関
5: 82大学 | 1,098人 | 0時間 70 6.4% | 週1～10時間 341 31.3% | 週40時間以上 158 14.5% | 総計 1,089 | 第14回
5: 原文のまま
6: 1 中国 24,934 | 8 日本 2,829 | 15 パキスタン 1,730 | 1 中国 26,591 | 9 日本 3,439 | 15 台湾 2,123
6: Bayesian optimization | 令和6年版科学技術・イノベーション白書 | 分野は推定
7: 令和6年7月 | Curiosity-Methodology-Mission | 異分野連携 | マルチモーダル基盤モデル | 生命言語モデル
8: フュージョンエネルギー | Beyond 5G | 国際卓越研究大学 | スタートアップ育成5か年計画 | グローバル・サウス
9: 2025年6月13日閣議決定 | 全ゲノム解析 | 薬剤耐性菌 | 市場インセンティブ | EBPM | 2025年度内に策定 | （略）
10: TRIP1 | AI x 数理 | 量子HPCハイブリッド | SPring-8 | SACLA | スパコン「富岳」 | ユースケースプロジェクト
10: 題名は推定
11: 令和3年6月1日 | 世界で第8位 | 当面5年間、最長10年間 | 約3割 | 8件 | 59件 | UTOPIA 河岡 義裕 | CAMaD 審良 静男
11: IVReD 澤 洋文 | cSIMVa 清野 宏 | VRDC 森田 公一 | 滋賀医科大学 | 実中研 | MCM
12: 第17条 | 令和7年度から令和11年度までの5年間 | SCARDA | JIHS | 内閣感染症危機管理統括庁 | 薬事審査
13: 令和7年度予算額 43億円 | 前年度予算額 43億円 | 令和6年度補正予算額 10億円 | 令和3年度～令和7年度
13: 14億円※（14億円） | 2億円（2億円） | GRIFIN | NCBN | 令和2年3月閣議決定 | 統合イノベーション戦略2024
13: ①と② 〔名称・内容・予算額とも失われている〕
14: UKバイオバンク | 令和7年5月 | 東大小室先生ら | 東大山内先生ら | Nat. Commun. (2022)
14: Katoh, Nomura, Komuro et al. Circulation (2024) | Suzuki, Yamauchi et al. Nature (2024)
15: 三世代コホート | リコンタクト | ゲノム／オミックス×画像×臨床情報 | 解析プロトコル | 回付
16: 令和7年度予算額 92億円 | 前年度予算額 92億円 | 令和6年度補正予算額 21億円 | 令和5年度～令和9年度
16: 2040年に2020年の20倍 | ベクター | アンメットメディカルニーズ
17: 橋渡し研究支援プログラム 54億円 | 152億円（5年間） | 令和5年度補正予算 | 文部科学大臣認定 | 厚生労働大臣承認
17: 令和3年度～
18: 5年程度 | 4機関程度 | シーズS0 | シーズS1 | シーズS2 | R6年9月：4機関 | R6年10月以降 | AMEDを通じて大学等を支援
"""

FROM_ELSEWHERE = ("515億円", "122億円", "筑波大学", "慶應義塾大学", "2025年2月18日", "2024年8月9日", "2025年6月6日")
COMPATIBILITY = ((0x2E80, 0x2FDF), (0xF900, 0xFAFF), (0xE000, 0xF8FF), (0xFFFD, 0xFFFD))


def squeeze(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def facts() -> list[tuple[int, str]]:
    lines = (line.split(": ", 1) for line in FACTS.strip().splitlines())
    return [(int(slide), fact) for slide, of_slide in lines for fact in of_slide.split(" | ")]


@lru_cache(maxsize=1)
def pages() -> tuple[str, ...]:
    return tuple(page.extract_text() for page in PdfReader(DECK).pages)


def manifest() -> list[dict[str, Any]]:
    documents: list[dict[str, Any]] = tomllib.loads((CORPUS / "manifest.toml").read_text(encoding="utf-8"))["document"]
    return documents


def build(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    pytest.importorskip("fpdf", reason="building the deck needs fpdf2")
    command = [sys.executable, str(BUILDER), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def needs_font() -> None:
    if not FONT.is_file():
        pytest.skip(f"no {FONT}: install the Debian package fonts-ipaexfont")


def test_the_deck_has_its_slides_and_a_fair_size() -> None:
    assert len(pages()) == SLIDES
    assert DECK.stat().st_size < 2_000_000
    assert {slide for slide, _ in facts()} == set(range(1, SLIDES + 1))


@pytest.mark.parametrize(("slide", "fact"), facts())
def test_a_fact_stands_on_its_slide(slide: int, fact: str) -> None:
    assert squeeze(fact) in squeeze(pages()[slide - 1])


def test_a_table_row_extracts_as_one_line() -> None:
    for slide, row in (
        (5, "週11～20時間 194 17.8%"),
        (6, "7 サウジアラビア 3,194"),
        (13, "令和7年度予算額 43億円 前年度予算額 43億円"),
    ):
        assert row in pages()[slide - 1].splitlines()


@pytest.mark.parametrize("slide", range(1, SLIDES + 1))
def test_a_slide_extracts_without_radicals_private_or_unknown_characters(slide: int) -> None:
    odd = [char for char in pages()[slide - 1] if any(low <= ord(char) <= high for low, high in COMPATIBILITY)]
    assert odd == []


@pytest.mark.parametrize("slide", range(1, SLIDES + 1))
def test_a_slide_says_all_its_source_says(slide: int) -> None:
    source = (CORPUS / "briefing.md").read_text(encoding="utf-8").split("-->", 1)[1].split("\n---\n")[slide - 1]
    page = squeeze(pages()[slide - 1])
    for line in source.splitlines():
        if line.startswith("<!--") or set(line) <= set("|- "):
            continue
        text = line.removeprefix("### ").removeprefix("## ").removeprefix("# ").removeprefix("- ").removeprefix("> ")
        assert squeeze(text.replace("|", "") if line.startswith("|") else text) in page


def test_every_slide_is_numbered_in_its_footer() -> None:
    for number, page in enumerate(pages(), start=1):
        assert page.splitlines()[-1].endswith(f"{number} / {SLIDES}")


def test_the_manifest_describes_every_file_once() -> None:
    documents = manifest()
    files = [document["file"] for document in documents]
    assert sorted(files) == sorted(["briefing.pdf", *(f"related/{note.name}" for note in NOTES)])
    assert len({document["id"] for document in documents}) == len(documents)
    for document in documents:
        assert (CORPUS / document["file"]).is_file()
        assert all(document[field] for field in ("title", "publisher", "licence", "edition", "language"))
        assert "優先する" in document["edition"]


def test_the_briefings_source_is_named_but_not_a_document() -> None:
    (briefing,) = (document for document in manifest() if "source" in document)
    assert (briefing["file"], briefing["source"]) == ("briefing.pdf", "briefing.md")
    assert briefing["published"].isoformat() == "2025-06-26"


@pytest.mark.parametrize("note", NOTES, ids=lambda note: note.stem)
def test_every_statement_of_a_note_names_its_source(note: Path) -> None:
    for line in note.read_text(encoding="utf-8").splitlines():
        if line.startswith("- "):
            assert "スライド" in line or "出典:" in line


@pytest.mark.parametrize("fact", FROM_ELSEWHERE)
def test_a_fact_from_elsewhere_is_marked_where_it_stands(fact: str) -> None:
    lines = [line for note in NOTES for line in note.read_text(encoding="utf-8").splitlines() if fact in line]
    assert lines
    assert all("※" in line and "このブリーフィングには" in line and "出典:" in line for line in lines)
    assert squeeze(fact) not in squeeze("".join(pages()))


def test_building_again_gives_the_same_deck(tmp_path: Path) -> None:
    needs_font()
    digests = set()
    for name in ("once.pdf", "twice.pdf"):
        assert build("--output", tmp_path / name).returncode == 0
        digests.add(hashlib.sha256((tmp_path / name).read_bytes()).hexdigest())
    rebuilt = tuple(page.extract_text() for page in PdfReader(tmp_path / "once.pdf").pages)
    assert len(digests) == 1
    assert rebuilt == pages()


def test_a_missing_font_names_the_package_to_install(tmp_path: Path) -> None:
    result = build("--font", tmp_path / "none.ttf", "--output", tmp_path / "deck.pdf")
    assert result.returncode == 1
    assert "fonts-ipaexfont" in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("# 題\n\n" + "- 項目\n" * 60, "slide 1 (題) overflows the page"),
        ("# 題\n\n| " + "長い欄" * 60 + " | 値 |", "slide 1 (題) overflows the page"),
        ("# 題\n\n- \N{EGYPTIAN HIEROGLYPH A001}", "lacks \N{EGYPTIAN HIEROGLYPH A001}"),
        ("# 題\n\n- 項目\n\n---\n\n- 題のない項目", "slide 2: 0 lines start with '# '"),
    ],
    ids=["too many lines", "a table too wide", "a character the font lacks", "a slide without a title"],
)
def test_a_slide_that_cannot_be_set_is_an_error(tmp_path: Path, source: str, complaint: str) -> None:
    needs_font()
    (tmp_path / "deck.md").write_text(source, encoding="utf-8")
    result = build("--source", tmp_path / "deck.md", "--output", tmp_path / "deck.pdf")
    assert result.returncode == 1
    assert complaint in result.stderr
    assert not (tmp_path / "deck.pdf").exists()


def test_the_corpus_refers_to_nothing_outside_the_repository() -> None:
    outside = "../" + "shared"
    texts = [path for path in CORPUS.rglob("*") if path.suffix in {".md", ".py", ".toml"}]
    assert [path.name for path in texts if outside in path.read_text(encoding="utf-8")] == []
