"""The interface that plugins are written against, as data: hooks, drivers, and the values that pass through.

Read from the code by ``describe()``, printed by ``nextpayer plugins --api``, and compared in the tests with
the description that was announced. What is taken away or changed breaks plugins, and so does a field without
a default that is added, or a member of a protocol; ``differences`` says which it is.
"""

from __future__ import annotations

import dataclasses
import importlib
import inspect
from collections.abc import Iterator
from typing import TypeAlias

from nextpayer import ports
from nextpayer.adapter import CAPABILITIES, PayerAdapter
from nextpayer.codesets import CodeSet
from nextpayer.hookspecs import NextpayerHooks
from nextpayer.registry import API, GROUPS

__all__ = ["describe", "differences"]

Description: TypeAlias = dict[str, object]

#: The interfaces of drivers, by kind: what a plugin subclasses or has the members of.
_INTERFACES: dict[str, tuple[type[object], ...]] = {
    "adapter": (PayerAdapter,),
    "reader": (
        ports.Reader,
        ports.EligibilityReader,
        ports.AcknowledgmentReader,
        ports.ElementReader,
        ports.PaymentIndex,
    ),
    "form": (ports.Form, ports.FormFile, ports.PaperForm, ports.TellingFile),
    "transport": (ports.Transport, ports.ListingTransport, ports.CollectingTransport),
    "codeset": (CodeSet,),
    "document": (ports.DocumentMaker,),
    "attachment": (ports.AttachmentForm, ports.AttachmentFile),
    "inquiry": (ports.InquiryForm,),
}
#: The modules whose public frozen values plugins get and give.
_VALUES = (
    "account", "acknowledgment", "adapter", "claim", "coordinate", "denial", "eligibility", "finding",
    "order.rule", "policy", "ports", "profile", "remittance", "scrub", "shares",
)  # fmt: skip


def describe() -> Description:
    """Everything a plugin may rely on, in a form that JSON can hold."""
    return {
        "groups": dict(sorted(GROUPS.items())),
        "versions": dict(sorted(API.items())),
        "hooks": {
            name: _signature(NextpayerHooks, name) for name in sorted(vars(NextpayerHooks)) if name[0] != "_"
        },
        "interfaces": {
            kind: {one.__name__: _members(one) for one in interfaces}
            for kind, interfaces in _INTERFACES.items()
        },
        "values": {
            one.__name__: _fields(one) for one in sorted(_dataclasses(), key=lambda one: one.__name__)
        },
        "capabilities": sorted(CAPABILITIES),
    }


def differences(before: object, after: object, path: str = "") -> Iterator[str]:
    """What of ``after`` is not as in ``before``, one sentence each; those that break a plugin begin with
    ``breaks``."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in sorted({*before, *after}):
            below = f"{path}.{name}" if path else name
            if name not in after:
                yield f"breaks: {below} is gone"
            elif name not in before:
                yield f"{'breaks' if _must_be_given(path, after[name]) else 'adds'}: {below} is new"
            else:
                yield from differences(before[name], after[name], below)
    elif before != after:
        yield f"breaks: {path} was {before}, is {after}"


def _must_be_given(path: str, added: object) -> bool:
    """Whether a plugin that was right before lacks what was added: a field without a default, or a member of
    a protocol. PayerAdapter's members have defaults; an interface or a value that is new harms nobody."""
    if path.startswith("values."):
        return not str(added).endswith("= ...")
    return path.startswith("interfaces.") and path.count(".") > 2 and ".PayerAdapter." not in path


def _dataclasses() -> list[type[object]]:
    found: list[type[object]] = []
    for name in _VALUES:
        module = importlib.import_module(f"nextpayer.{name}")
        public = (getattr(module, one) for one in module.__all__)
        found += [one for one in public if isinstance(one, type) and dataclasses.is_dataclass(one)]
    return found


def _members(interface: type[object]) -> Description:
    """The public attributes and methods that the interface itself declares, with its types as written."""
    declared = {
        name: str(kind) for name, kind in inspect.get_annotations(interface).items() if name[0] != "_"
    }
    declared |= {
        name: str(inspect.get_annotations(member.fget).get("return", ""))
        for name, member in vars(interface).items()
        if isinstance(member, property) and member.fget is not None and name[0] != "_"
    }
    methods = {
        name: _signature(interface, name)
        for name, member in vars(interface).items()
        if inspect.isfunction(member)
        and (name[0] != "_" or name == "__init__")
        and not _is_protocols_own(member)
    }
    bases = [base.__name__ for base in interface.__bases__ if base.__module__.startswith("nextpayer")]
    return {
        "bases": bases,
        "attributes": dict(sorted(declared.items())),
        "methods": dict(sorted(methods.items())),
    }


def _is_protocols_own(member: object) -> bool:
    return getattr(member, "__module__", "") == "typing" or getattr(member, "__name__", "").startswith(
        "_no_init"
    )


def _signature(owner: type[object], name: str) -> str:
    signature = inspect.signature(getattr(owner, name))
    parameters = [one for one in signature.parameters.values() if one.name != "self"]
    return str(signature.replace(parameters=parameters)).replace("'", "")


def _fields(value: type[object]) -> dict[str, str]:
    """Each field with its type as written, and ``= ...`` where it has a default."""
    return {
        field.name: f"{field.type} = ..." if _has_default(field) else str(field.type)
        for field in dataclasses.fields(value)  # type: ignore[arg-type]
        if field.init
    }


def _has_default(field: dataclasses.Field[object]) -> bool:
    return field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING
