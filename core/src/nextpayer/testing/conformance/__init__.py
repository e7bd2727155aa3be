"""The conformance kit: laws that every adapter keeps, run by pytest and by ``nextpayer check``.

    from nextpayer.testing.conformance import conformance
    from nextpayer_sunrise import Sunrise

    @conformance(Sunrise)
    def test_conformance(check):
        check()

Needs the extra ``testing``. A run never stops at a failure, and always says how many checks passed,
failed, did not apply and were expected to fail. Forms have checks of their own (``FORM_CHECKS``).
"""

from nextpayer.testing.conformance.check import Check, NewCheckWarning, Outcome, Report, Result, run_checks
from nextpayer.testing.conformance.forms import FormSubject
from nextpayer.testing.conformance.marks import ADAPTER_CHECKS, FORM_CHECKS, conformance
from nextpayer.testing.conformance.subject import AdapterSubject

__all__ = [
    "ADAPTER_CHECKS",
    "FORM_CHECKS",
    "AdapterSubject",
    "Check",
    "FormSubject",
    "NewCheckWarning",
    "Outcome",
    "Report",
    "Result",
    "conformance",
    "run_checks",
]
