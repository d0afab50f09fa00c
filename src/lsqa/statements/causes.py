"""Whether a statement gives a reason where its quotes give none: 臨床医学が増加したため、… beside two plain facts."""

import re
from collections.abc import Sequence
from typing import Final

_CLAIMED: Final = re.compile(
    r"(?:[たい]|である)ため(?:[、だで]|に、)|せい(?:で|だ)|おかげ(?:で|だ)|[たるい]こと(?:により|によって|から)、?"
    r"|からで(?:ある|す)|(?<=[うくすたるいだ])ので、|結果(?:、|として)|が(?:原因|理由)|を(?:原因|理由)に"
    r"|\b(?:because|due to|owing to|thanks to|as a result|therefore|caused by|led to)\b",
    re.IGNORECASE,
)
_QUOTED: Final = re.compile(
    r"ため|ので|から[、で]|結果|受け|背景|起因|原因|理由|伴|ゆえ|影響|よって|より|ことで|もたら|踏まえ|おかげ|せい[でだ]|もとに"
    r"|\b(?:because|due|owing|thanks|result\w*|therefore|caus\w+|led|since|so|hence|consequen\w+)\b",
    re.IGNORECASE,
)


def invented_cause(claim: str, quotes: Sequence[str]) -> str:
    """The words by which `claim` gives a reason while none of `quotes` gives one; empty where there are none."""
    said = _CLAIMED.search(claim)
    return said[0].strip("、") if said and not any(_QUOTED.search(quote) for quote in quotes) else ""
