"""``nextpayer eligibility``, with this distribution's 270."""

from __future__ import annotations

from nextpayer.cli.eligibility import eligibility_command

from .inquiries import write_inquiries

__all__ = ["eligibility"]

eligibility = eligibility_command(write_inquiries)
