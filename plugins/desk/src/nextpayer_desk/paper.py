"""A claim that left on paper, once more on paper: in the same form, with the earlier payers' EOBs behind it.

Paper has no place for an earlier payer's reasons, so a corrected claim needs the proof as much as the first
one did. What goes with it is what ``bill`` puts behind a form.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from sqlalchemy import Connection

from nextpayer.account import Account
from nextpayer.claim import Claim
from nextpayer.cli._documents import Supplied
from nextpayer.cli._enclosures import Enclosures, Prepared
from nextpayer.cli._outbox import Outbox
from nextpayer.cli._resolve import Payers

from .accounts import Held
from .ledger_run import LedgerProofs
from .office import Office

__all__ = ["behind_paper", "on_form"]


def on_form(office: Office, form: str, today: dt.date) -> Payers:
    """The payers of the office, each on this form."""
    return Payers(office.hooks, office.payers.profiles, today, form)


def behind_paper(
    office: Office, payers: Payers, connection: Connection, one: Held, account: Account, claim: Claim
) -> Prepared:
    """What goes behind the corrected claim. Raises ValueError and PluginError where it cannot be made."""
    own = next(policy for policy in account.policies if policy.payer.id == claim.policy.payer.id)
    today = office.job.today
    nowhere = Outbox(Path("ledger"), control_number=1, today=today)  # nothing is written to it
    proofs = LedgerProofs(connection, [one])
    return Enclosures(payers, proofs, Supplied(), nowhere, today).prepare(account, own, claim, on_paper=True)
