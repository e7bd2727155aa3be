"""The command line: a group whose commands are imported when they are asked for.

Exit status: 0 done; 1 done, and something needs a person; 2 the command or its input cannot be used. Whatever
goes wrong is one line on stderr. A traceback appears only with NEXTPAYER_DEBUG=1, because its values may be a
patient's; NEXTPAYER_LOG tells what is done (``_logs``). Other distributions add commands with the entry-point
group ``nextpayer.commands``.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

import click

from nextpayer.errors import NextpayerError, PluginFailed, PluginLoadFailed
from nextpayer.hooks import strict
from nextpayer.registry import declared, load, origin_of

from ._logs import logging_asked_for

__all__ = ["cli", "main"]

UNUSABLE = 2

BUILT_IN = {
    "bill": "nextpayer.cli.bill:bill",
    "check": "nextpayer.cli.check:check",
    "eob": "nextpayer.cli.eob:eob",
    "correct": "nextpayer.cli.correct:correct",
    "estimate": "nextpayer.cli.estimate:estimate",
    "new": "nextpayer.cli.new:new",
    "order": "nextpayer.cli.order:order",
    "read": "nextpayer.cli.read:read",
    "explain": "nextpayer.cli.explain:explain",
    "payers": "nextpayer.cli.payers:payers",
    "pitfalls": "nextpayer.cli.pitfalls:pitfalls",
    "plugins": "nextpayer.cli.plugins:plugins",
    "review": "nextpayer.cli.review:review",
    "scrub": "nextpayer.cli.scrub:scrub",
    "triage": "nextpayer.cli.triage:triage",
}


class LazyGroup(click.Group):
    """A group that imports a command when it is used; a broken one reports itself and harms no other."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        built_in = (
            name for name, target in BUILT_IN.items() if importlib.util.find_spec(target.split(":")[0])
        )
        return sorted({*built_in, *(ep.name for ep in declared("command"))})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        try:
            return _command(cmd_name)
        except Exception as error:  # noqa: BLE001  it is raised again when the command is run
            return _broken(cmd_name, error)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.Abort, click.exceptions.Exit, NextpayerError, OSError):
            raise
        except Exception as error:
            name = ctx.invoked_subcommand or ""
            if name in BUILT_IN:
                raise
            raise PluginFailed.during(
                "command", name, origin_of("command", name), "running", error
            ) from error


def _command(name: str) -> click.Command:
    if name in BUILT_IN:
        module, _, attribute = BUILT_IN[name].partition(":")
        command = getattr(importlib.import_module(module), attribute)
    else:
        command = load("command", name)
    if not isinstance(command, click.Command):
        raise PluginLoadFailed("command", name, origin_of("command", name), "is not a click command")
    return command


def _broken(name: str, error: Exception) -> click.Command:
    """A stand-in that is listed in the help, and raises the error when it is run."""

    def report() -> None:
        raise error

    return click.Command(
        name,
        callback=report,
        short_help="(not working: see nextpayer plugins)",
        context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []},
    )


@click.group(
    cls=LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(package_name="nextpayer", prog_name="nextpayer")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Secondary insurance billing: what happens to a claim after the first payer answered."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help(), err=True)
        ctx.exit(UNUSABLE)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit with its status."""
    try:
        with logging_asked_for():
            result = cli.main(arguments, prog_name="nextpayer", standalone_mode=False)
        sys.stdout.flush()
        status = result if isinstance(result, int) else 0
    except BrokenPipeError:
        status = _quietly()
    except click.Abort:
        status = _say("interrupted")
    except click.ClickException as error:
        status = _usage(error)
    except NextpayerError as error:
        status = _say(str(error))
    except OSError as error:
        status = _say(": ".join(str(part) for part in (error.filename, error.strerror or error) if part))
    except Exception as error:  # noqa: BLE001  the last line of defence
        status = _say(_ours(error))
    sys.exit(status)


def _say(message: str) -> int:
    if strict() or os.environ.get("NEXTPAYER_DEBUG", "") not in ("", "0"):
        traceback.print_exc()
    line = " ".join(message.split())
    click.echo(f"nextpayer: {line}", err=True)
    return UNUSABLE


def _usage(error: click.ClickException) -> int:
    ctx = getattr(error, "ctx", None)
    help_at = f" (see {ctx.command_path} --help)" if ctx else ""
    return _say(error.format_message() + help_at)


def _ours(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{type(error).__name__} in {Path(frame.filename).name} line {frame.lineno}"
    return f"internal error ({place}); please report it. NEXTPAYER_DEBUG=1 shows the traceback"


def _quietly() -> int:
    # The reader of our output has gone. Python would complain once more when it flushes at exit.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1
