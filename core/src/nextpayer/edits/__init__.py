"""Edits: the clean-claim rules that every claim to any payer passes before it leaves.

One module per idea. Each walks the claim once and reports faults under the ids of its edits; the table at its
end gives every id its title, its source, how bad it is and the kinds of claim it looks at. A fault is
``(where, message)``: the loop and line, and both sides of the arithmetic with their difference. Messages hold
amounts, codes and payer ids, never a patient's or a provider's name or number.

An edit holds a claim (reject) only where a payer or a clearinghouse would; what is merely odd is a warning.
Rules that need more than the claim (a code list of the day, today's date, the remittance) are not here.
The main job runs ``OUTGOING`` alone: a claim that a payer has answered has passed the rest on its way there.
``python -m nextpayer.edits`` prints the whole table.
"""

from __future__ import annotations

from nextpayer.edits import (
    adjudication,
    adjustments,
    balance,
    calendar,
    dental,
    diagnoses,
    hospital,
    identity,
    liability,
    lines,
    medicare,
    payers,
    places,
    providers,
    quantities,
    references,
    remarks,
    services,
    whole,
)
from nextpayer.scrub import Edit

__all__ = ["EDITS", "OUTGOING", "SCRUBBED"]

#: Edits of every claim that leaves, in the order in which a biller would look.
OUTGOING: tuple[Edit, ...] = (
    *payers.EDITS,
    *adjudication.EDITS,
    *lines.EDITS,
    *adjustments.EDITS,
    *balance.EDITS,
    *liability.EDITS,
    *remarks.EDITS,
    *medicare.EDITS,
    *references.EDITS,
    *identity.EDITS,
    *hospital.ROOM,
)

#: Edits that only ``nextpayer scrub`` runs, on claims that no payer has seen.
SCRUBBED: tuple[Edit, ...] = (
    *whole.EDITS,
    *calendar.EDITS,
    *diagnoses.EDITS,
    *services.EDITS,
    *hospital.EDITS,
    *dental.EDITS,
    *providers.EDITS,
    *places.EDITS,
    *quantities.EDITS,
)

#: Every edit of the core.
EDITS: tuple[Edit, ...] = OUTGOING + SCRUBBED
