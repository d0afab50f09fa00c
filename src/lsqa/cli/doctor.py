"""`lsqa doctor`: whether every index agrees with the catalogue."""

import functools
from typing import TYPE_CHECKING, Annotated

import typer

from lsqa.cli.options import Home, Json

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings

    from lsqa.doctor.examining import Examination
    from lsqa.doctor.findings import Finding


def doctor(
    *,
    repair: Annotated[bool, typer.Option("--repair", help="Mend what is found, from the stored pages.")] = False,
    quick: Annotated[
        bool,
        typer.Option("--quick", help="Leave out what takes longest: ledgers, and words as a dictionary cuts them."),
    ] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Check that every index agrees with the catalogue. Ends with 0 where the library is sound, or was mended."""
    from lsqa.doctor import examine
    from lsqa.doctor import repair as mend
    from lsqa.models import embedder_fingerprint, open_embedder
    from lsqa.settings import load_settings

    settings, _ = load_settings(home=home)
    encoder = embedder_fingerprint(settings.embedder)

    @functools.cache
    def embedder() -> "Embeddings":
        return open_embedder(settings.embedder, settings.home / "models", base_url=settings.llm_base_url)

    found = left = examine(settings.home, encoder, settings.chroma, is_quick=quick)
    if repair and found.is_mendable:
        left = mend(found, settings.home, encoder, embedder, settings.chroma, is_quick=quick)
    _tell(found, left, as_json=as_json)
    if not left.is_sound:
        raise typer.Exit(1)


def _tell(found: "Examination", left: "Examination", *, as_json: bool) -> None:
    from lsqa.cli.output import echo_json

    remaining = {(finding.check, finding.message) for finding in left.findings}
    rows = [(finding, (finding.check, finding.message) not in remaining) for finding in found.findings]
    rows += [(finding, False) for finding in left.findings if finding not in found.findings]
    if as_json:
        told = [{**finding.to_dict(), "repaired": is_repaired} for finding, is_repaired in rows]
        echo_json({"sound": left.is_sound, "findings": told, "checked": left.counts})
        return
    for finding, is_repaired in rows:
        _echo(finding, is_repaired=is_repaired)
    counted = ", ".join(f"{number} {name}" for name, number in left.counts.items())
    typer.echo(f"{'sound' if left.is_sound else 'not sound'}: {counted or 'nothing could be checked'}")


def _echo(finding: "Finding", *, is_repaired: bool) -> None:
    state = "note" if finding.is_note else "repaired" if is_repaired else "defect"
    examples = f" ({', '.join(finding.examples)}{', …' if finding.count > len(finding.examples) else ''})"
    typer.echo(f"{state:<9} {finding.check:<12} {finding.message}{examples if finding.examples else ''}")
    if not is_repaired:
        typer.echo(f"{'':<22} {finding.hint}")
