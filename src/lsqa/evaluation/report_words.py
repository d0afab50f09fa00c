"""Every word that the report of a run says of itself, in English and Japanese."""

from typing import Final

from lsqa.evaluation.measures import Measure
from lsqa.text import Language

_WORDS: Final[dict[str, tuple[str, str]]] = {
    "cases": ("{n} cases", "{n}問"),
    "when": ("{first} to {last}", "{first} から {last} まで"),
    "unreviewed": ("cases that nobody has reviewed", "人がまだ確かめていない問いを含みます"),
    "not-fine": ("Not fine:", "問題があります："),
    "fine": (
        "No case failed; every quote stands where it is cited.",
        "失敗した問いはなく、引用はすべて示された箇所にあります。",
    ),
    "totals": ("Totals", "全体の値"),
    "measure": ("measure", "指標"),
    "value": ("value", "値"),
    "interval": ("95 % interval", "95％信頼区間"),
    "count": ("cases", "問い"),
    "direction": ("direction", "見方"),
    "higher": ("more is better", "大きいほど良い"),
    "lower": ("less is better", "小さいほど良い"),
    "method": (
        "Bootstrap over cases, 1,000 samples, seed {seed}. Citation recall and precision are ALCE's "
        "(arXiv 2305.14627), with lsqa's deterministic check in the place of its entailment model.",
        "信頼区間は、問いを単位とするブートストラップ法（1,000回、乱数の種 {seed}）による。引用の再現率と適合率は "
        "ALCE（arXiv 2305.14627）の定義で、含意の判定モデルの代わりに lsqa の決定的な照合を使う。",
    ),
    "plots": ("Plots", "図"),
    "by-kind": ("By kind of question", "問いの種類別"),
    "by-language": ("By language", "言語別"),
    "calibration": ("Calibration of refusal", "答えるかどうかの判断の確かさ"),
    "latency": ("Latency", "所要時間"),
    "given": ("probability that the documents answer, as lsqa gave it", "文書から答えられると lsqa が見積もった確率"),
    "true": ("share that they answer", "実際に答えられる割合"),
    "milliseconds": ("milliseconds", "ミリ秒"),
    "wrong": ("Cases that went wrong ({n})", "うまくいかなかった問い（{n}件）"),
    "wrong-some": (
        "Cases that went wrong ({n} shown, {more} more in result.json)",
        "うまくいかなかった問い（{n}件を表示、ほかの{more}件は result.json）",
    ),
    "answer": ("Answer", "回答"),
    "evidence": ("Evidence", "根拠"),
    "gold": ("Gold", "正解"),
    "to-refuse": ("to be refused", "答えないのが正しい"),
    "page": ("{document}, p. {page}", "{document}、{page}ページ"),
    "run": ("Run", "評価の条件"),
    "setting": ("setting {name}", "設定 {name}"),
    "commit": ("commit", "コミット"),
    "seed": ("seed", "乱数の種"),
    "not-asked": ("it was not asked", "まだ尋ねていません"),
    "why-failed": ("it failed", "失敗"),
    "why-quote": ("a quote is not where it is cited", "引用が示された箇所にない"),
    "why-claim": ("a claim is not supported", "裏付けのない文がある"),
    "why-figure": ("a figure is not proven", "裏付けのない数値がある"),
    "why-refused": ("refused, although the documents answer", "文書に答えがあるのに答えなかった"),
    "why-answered": ("answered, although the documents do not", "文書に答えがないのに答えた"),
    "why-part": ("{share} of what was expected", "期待した内容のうち {share}"),
    "some-failed": (
        "{wrong} of {all} cases failed, the first is {first}",
        "{all}問のうち{wrong}問が失敗しました（最初は {first}）",
    ),
    "quotes-wrong": (
        "quotes do not stand where they are cited in {n} answers, the first is {first}",
        "{n}件の回答で、引用が示された箇所にありません（最初は {first}）",
    ),
    "claims-wrong": (
        "claims are not supported by their citations in {n} answers, the first is {first}",
        "{n}件の回答に、引用が裏付けない文があります（最初は {first}）",
    ),
    "figures-wrong": (
        "figures that nothing cited proves in {n} answers, the first is {first}",
        "{n}件の回答に、引用が裏付けない数値があります（最初は {first}）",
    ),
    "nothing-refused": (
        "nothing was refused of what cannot be answered",
        "答えられない問いのすべてに答えてしまいました",
    ),
    "all-refused": (
        "everything was refused, also what can be answered",
        "答えられる問いを含め、すべてに答えませんでした",
    ),
    "floor": ("{floor} was not reached", "{floor} に達しませんでした"),
    # Kinds of questions, modes, languages and ends, as they are stored.
    "lookup": ("lookup", "事実"),
    "number": ("number", "数値"),
    "table": ("table", "表"),
    "list": ("list", "列挙"),
    "comparison": ("comparison", "比較"),
    "multi-slide": ("multi-slide", "複数のスライド"),
    "temporal": ("temporal", "時期"),
    "definition": ("definition", "定義"),
    "follow-up": ("follow-up", "続きの質問"),
    "unanswerable": ("unanswerable", "答えがない"),
    "false premise": ("false premise", "前提の誤り"),
    "answers": ("answers", "回答"),
    "retrieval": ("retrieval", "検索のみ"),
    "claims": ("claims", "文の照合"),
    "ja": ("ja", "日本語"),
    "en": ("en", "英語"),
    "answered": ("answered", "答えた"),
    "partial": ("partial", "一部だけ答えた"),
    "refused": ("refused", "答えなかった"),
    "retrieved": ("retrieved", "検索した"),
    "failed": ("failed", "失敗"),
}

# English goes by the name alone: it is the one that floors and results are written with.
_MEASURES: Final = {
    "R": "再現率",
    "P": "適合率",
    "nDCG": "順位の良さ",
    "Success": "的中率",
    "MRR": "平均逆順位",
    "AP": "平均適合率",
    "FactRecall": "事実の再現率",
    "FactPrecision": "事実の適合率",
    "CitationPrecision": "引用の適合率",
    "CitationRecall": "引用の再現率",
    "QuoteFound": "引用の実在率",
    "NumberErrors": "数値の誤り",
    "Judged": "評価者の評点",
    "RefusalPrecision": "答えない判断の適合率",
    "RefusalRecall": "答えない判断の再現率",
    "FalseRefusals": "答えるべきなのに答えなかった割合",
    "Latency": "所要時間",
    "Tokens": "トークン数",
    "Cost": "費用",
    "Errors": "失敗の割合",
}


def say(key: str, language: Language, **values: object) -> str:
    """What the report says for `key`, with `values` put in."""
    return _WORDS[key][language == "ja"].format(**values)


def called(name: str, language: Language) -> str:
    """What a kind, a mode, a language or an end is called; one that has no other name by its own."""
    return _WORDS[name][language == "ja"] if name in _WORDS else name


def measure_called(measure: Measure, language: Language) -> str:
    """A measure for readers: `FactRecall`, `事実の再現率（FactRecall）`."""
    return f"{_MEASURES[measure.name]}（{measure}）" if language == "ja" else str(measure)
