"""Ask a person: an option answers in advance, a wrong answer is asked for again, silence ends the command."""

from collections.abc import Callable
from typing import TypeVar

import typer
from pydantic import ValidationError

from diffs.settings import unusable
from notifier.addresses import email_address
from notifier.settings import NotifierSettings
from policywatch import context
from policywatch.terminal import output

T = TypeVar("T")


def answer(given: str | None, parse: Callable[[str], T], question: str, default: str, *, option: str) -> T:
    """The value of an option, otherwise the answer; a wrong answer is asked for again. `parse` raises ValueError.

    Ends the command with the option's name if nobody answers.
    """
    if given is not None:
        try:
            return parse(given)
        except ValueError as error:
            context.wrong_use(str(error))

    def read(typed: str) -> T:
        try:
            return parse(typed)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from None

    try:
        found: T = typer.prompt(question, default=default, show_default=bool(default), value_proc=read)
    except typer.Abort:
        output.say()
        context.wrong_use(f"There is nobody to ask: give {option}.")
    return found


def yes(given: bool | None, question: str, *, asking: bool, default: bool = True) -> bool:
    """What was given, otherwise the answer; if nobody can be asked, the default."""
    if given is not None:
        return given
    return typer.confirm(question, default=default) if asking else default


def mail_settings(smtp_url: str | None, owner: str | None, *, contact: str, asking: bool) -> dict[str, str]:
    """Mail server, sender and owner as settings; what was not given is left out."""
    question = "Mail server, such as smtp://user@mail.example.com:587 (empty: no mail yet)"
    server = answer(_given(smtp_url, asking=asking), _mail_server, question, "", option="--smtp-url")
    mine = contact if "@" in contact and "://" not in contact else ""
    question = "Whom to notify when a site asks us to stop or no page can be read (mail or chat address; empty: nobody)"
    told = answer(_given(owner, asking=asking and bool(server)), _owner, question, mine, option="--owner")
    sender = (mine or (told if "://" not in told else "")) if server else ""
    if server and not sender:
        question = "Sender of all mail, such as Policywatch <you@example.com>"
        sender = answer(None, _sender, question, "", option="an e-mail address as --contact or --owner")
    found = {"smtp_url": server, "mail_from": sender, "owner": told}
    return {name: value for name, value in found.items() if value}


def _given(option: str | None, *, asking: bool) -> str | None:
    """An option, or nothing if nobody is asked."""
    return option if option is not None or asking else ""


def _mail_server(typed: str) -> str:
    server = typed.strip()
    if ":" in server.partition("://")[2].rpartition("@")[0]:
        raise ValueError("Leave the password out of the file: set POLICYWATCH_SMTP_URL in the environment with it.")
    _checked("smtp_url", server)
    return server


def _owner(typed: str) -> str:
    _checked("owner", typed.strip())
    return typed.strip()


def _sender(typed: str) -> str:
    if not typed.strip():
        raise ValueError("A sender is needed if mail is to be sent.")
    _checked("mail_from", typed.strip())
    return typed.strip()


def _checked(name: str, value: str) -> None:
    """Raise ValueError with a sentence if a value cannot be used for this setting."""
    if name == "owner" and value and "://" not in value:
        email_address(value)
    sound = {"smtp_url": "", "mail_from": "policywatch@localhost", "owner": "", name: value}
    try:
        NotifierSettings.model_validate(sound)
    except ValidationError as error:
        for found in error.errors():
            if found["loc"] == (name,):  # others are set by the environment, and are not asked for here
                raise ValueError(unusable(name, found["msg"])) from None
