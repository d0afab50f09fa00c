"""What a turn does beside asking: it thanks, wants the same once more, corrects what was understood."""

import re
from dataclasses import dataclass
from typing import Final

from lsqa.text import detect_language

_THANKS: Final = (
    r"(?:(?:どうも)?ありがと(?:うございま(?:す|した)|うございます|う)?|サンキュー|了解(?:です|しました|っす)?|"
    r"(?:よく)?[わ分]かりました|なるほど(?:ですね)?|オーケー|承知(?:です|しました|いたしました)?|助かり(?:ます|ました)|"
    r"(?:many )?thanks(?: a lot| so much| very much)?|thank you(?: so much| very much)?|"
    r"ok(?:ay)?|got it|i see|understood|"
    r"great|perfect|cool|very good|good|fine|alright|all right)"
)
# "Good practice" is no courtesy: a mark or the end has to follow.
_COURTESY: Final = re.compile(rf"(?:{_THANKS}(?:\s*[。．.！!、,~〜…]+\s*|\s*$))+", re.IGNORECASE)
_SOCIAL: Final = re.compile(
    rf"(?:(?:{_THANKS}|はい|いいえ|いえ|いや|(?:違|ちが)(?:う|います)|そうです(?:か|ね)?|すみません(?:でした)?|ごめん(?:なさい)?|"
    r"こんにちは|こんばんは|おはよう(?:ございます)?|さようなら|以上です|yes|yeah|no|nope|sorry|hello|hi|bye|"
    r"good (?:morning|evening|afternoon)|that(?:'s| is) (?:all|it)|please|wrong|not (?:that|quite))"
    r"[。．.！!、,~〜…\s]*)+",
    re.IGNORECASE,
)
_POLITELY: Final = (
    r"(?:お願い(?:し(?:ます|たい(?:です)?)|いたします|でき(?:ます|る)か?)?|教えて|言って|答えて|回答して|説明して|書いて|訳して|翻訳して|表示して|"
    r"くだ(?:さい|さいますか)|下さい|もらえ(?:ます|る)?か?|くれ(?:ます|ません)?か?|ほしい(?:です)?|頼みます)*"
)
_AGAIN: Final = re.compile(
    rf"(?:(?:それ|今の|これ|答え|回答|さっきの)(?:答え|回答)?(?:を|は|も)?)?(?:英語|日本語)(?:で(?:も)?|に(?:して)?){_POLITELY}[。.！!？?\s]*|"
    rf"もう(?:一度|一回|いちど|いっかい){_POLITELY}[。.！!？?\s]*|"
    r"(?:(?:please|now|and|can you|could you|would you|say|give|answer|repeat|tell|translate|write|show|put|me|it|"
    r"that|this|the answer|the same|again)[, ]+)*"
    r"(?:in|into|to) (?:english|japanese)(?:,? (?:please|too|as well|now|instead))*\s*[.!?]*|"
    r"(?:please )?(?:repeat|say) (?:that|it)(?: again)?(?:,? please)?\s*[.!?]*|(?:once )?again,? please\s*[.!?]*",
    re.IGNORECASE,
)
_MORE: Final = re.compile(
    r"(?:(?:can|could) you )?(?:please )?(?:(?:tell me|say|give me|show me|any) )?(?:a (?:bit|little) )?"
    r"(?:(?:some )?more(?: (?:details?|information|about (?:it|that|this)))?|(?:the )?details|in more detail|elaborate)"
    r"(?:,? please)?[.?!\s]*",
    re.IGNORECASE,
)
_CORRECTS: Final = re.compile(
    r"(?:(?:あ[、,]?\s*)?(?:いやいや|いや|いえ|いいえ|違う|違います|違って|ちがう|ちがいます|間違え(?:た|ました|ちゃった)|すみません|すいません|"
    r"ごめん(?:なさい)?|失礼(?:しました)?|訂正(?:します)?)[、,。.!！…]+\s*|"
    r"(?:そう|それ|そっち|そちら)(?:じゃ|では)な(?:くて?|い(?:です)?)[、,。]*\s*)+|"
    r"(?:(?:no|nope|wait|oops|hmm|my mistake)[,.;:!—–-]+\s*|(?:sorry|actually|rather|not that(?: one)?)[,.;:!—–-]*\s+)+"
    r"(?:i (?:actually |really )?(?:mean|meant|was (?:asking|talking) about) )?|"
    r"i (?:actually |really )?(?:mean|meant|was (?:asking|talking) about) ",
    re.IGNORECASE,
)
_NOT_BUT: Final = (
    re.compile(r"(?P<old>[^、。？?]+?)(?:では|じゃ)な(?:くて?|い(?:です)?)[、,。]?\s*(?P<new>.+)"),
    re.compile(r"not (?:the )?(?P<old>[^,?.]+?),? but (?P<new>.+)", re.IGNORECASE),
    re.compile(
        r"(?P<new>[^,?.]+?)(?:,? (?:instead of|rather than)|,? (?:and )?not) (?:the )?(?P<old>[^,?.]+)[.?!]*",
        re.IGNORECASE,
    ),
)
_APPOSITION: Final = re.compile(
    r"(?:the other(?: one)?|もう(?:一つ|ひとつ|一方|片方)の?(?:方|ほう)?)[、,:]\s*(?=\S)", re.IGNORECASE
)
_NOUN: Final = re.compile(r"[一-龠々ァ-ヶーA-Za-z0-9・]+")
_SAID: Final = re.compile(
    r"(?:の(?:方|ほう|こと|話|件))?(?:の)?(?:です|でした|だよ|だ|を?聞(?:いて|きたい|きたかった)[^。]*|について)?(?:が|けど|よ|ね)?[。.！!？?\s]*$"
)


@dataclass(frozen=True, slots=True)
class Correction:
    """What is meant in the place of what was understood. `old` is what was not meant, empty where it is not said.

    `is_marked`: it begins with what only a correction begins with (いや、 "Sorry, I meant").
    """

    meant: str
    old: str
    is_marked: bool

    @property
    def thing(self) -> str:
        """What is meant without the words that only say so: AMED of AMEDの方です."""
        return _SAID.sub("", self.meant).strip()

    @property
    def question(self) -> str:
        """What is meant as a question: 補正は？ of 補正の方です."""
        is_noun = _SAID.search(self.meant) and _NOUN.fullmatch(self.thing) and detect_language(self.meant) == "ja"
        return f"{self.thing}は？" if is_noun else self.meant


def without_courtesy(question: str) -> str:
    """`question` without the thanks that it begins with; empty where it only thanks, greets, or says yes or no."""
    if _SOCIAL.fullmatch(question):
        return ""
    thanks = _COURTESY.match(question)
    return question[thanks.end() :] if thanks else question


def asks_again(question: str) -> bool:
    """Whether the last answer is wanted once more, in one language or the other: 英語でお願いします, again please."""
    return bool(_AGAIN.fullmatch(question.strip()))


def asks_for_more(question: str) -> bool:
    """Whether an English turn only wants more on what is under discussion: "More details, please"."""
    return bool(_MORE.fullmatch(question))


def read_correction(question: str) -> Correction | None:
    """The correction that `question` is; None where it corrects nothing."""
    marked = _CORRECTS.match(question)
    rest = question[marked.end() :].strip() if marked else question.strip()
    rest = _APPOSITION.sub("", rest, count=1) if marked and _APPOSITION.match(rest) else rest
    for pattern in _NOT_BUT:
        if found := pattern.fullmatch(rest):
            return Correction(found["new"].strip(), found["old"].strip(), marked is not None)
    return Correction(rest, "", is_marked=True) if marked and rest else None
