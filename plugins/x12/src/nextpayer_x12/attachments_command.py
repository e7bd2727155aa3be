"""``nextpayer attachments``: what is in a 275, and the documents out of it again."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import click

from nextpayer.documents import Media

from .attachment_reader import Attached, read_attachments

__all__ = ["attachments"]

_NUMBER = re.compile(r"[A-Za-z0-9_-]{1,50}", re.ASCII)
_SUFFIXES = {str(media): media.suffix for media in Media}


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Write the documents here.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def attachments(file: Path, out: Path | None, as_json: bool, quiet: bool) -> int:
    """List the documents of a 275 FILE as we write them: claim, control number, size; with --out take them
    out."""
    found = {_name(one): one for one in read_attachments(file.read_bytes(), file.name)}
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for name, one in found.items():
            (out / name).write_bytes(one.data)
    rows = [
        {
            "claim_id": one.claim_id,
            "payer_id": one.payer_id,
            "control_number": one.control_number,
            "media": one.media,
            "size": len(one.data),
            "sha256": hashlib.sha256(one.data).hexdigest(),
            "segment": one.segment,
            "file": name if out is not None else None,
        }
        for name, one in found.items()
    ]
    if as_json:
        click.echo(json.dumps({"file": file.name, "documents": rows}, indent=1))
    elif not quiet:
        for row in rows:
            click.echo(f"{row['claim_id']}  {row['control_number']}  {row['media']}  {row['size']:,} bytes")
    return 0


def _name(one: Attached) -> str:
    """A file name of position, control number and media; another system's number may be anything."""
    number = one.control_number if _NUMBER.fullmatch(one.control_number) else "unnumbered"
    return f"{one.segment:04d}-{number}.{_SUFFIXES.get(one.media, 'bin')}"
