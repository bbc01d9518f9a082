"""Have a model rephrase our words about a change, where the owner has named one. Never a condition of anything.

The network is an argument: `Model.ask` is made in `policywatch/model`. It is asked while no transaction is open, after
our own words are known, and its answer counts only as checked by `diffs.rephrasing.check`.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import col, select

from diffs.database.archive import Archive, Session
from diffs.database.models import Change, Notice, Page
from diffs.errors import ModelSilent
from diffs.judging.subscriptions import IMPORTANCES
from diffs.rephrasing.check import checked
from diffs.rephrasing.question import Message, question
from diffs.rephrasing.words import Refused, Words
from diffs.store import changes
from diffs.values import Comparison

from .apart import limited

log = logging.getLogger(__name__)

#: The names of the model and the reason are at most so long where they are stored.
_LONGEST = 200

#: Our own headline and points of a change; None if they cannot be made.
OwnWords = Callable[[Change, Page], tuple[str, tuple[str, ...]] | None]


@dataclass(frozen=True, slots=True)
class Model:
    """A model that rephrases. `most` is how many changes of a round it is asked about, the weightiest first.

    `ask` returns the text of its answer to the messages of a chat and raises ModelSilent if there is none in time;
    then it is not asked again in this round.
    """

    name: str
    ask: Callable[[tuple[Message, ...]], str]
    most: int = 20


@dataclass(frozen=True, slots=True)
class Reworded:
    """What came of asking about a change that was `ours` in our words: `theirs`, or None and why."""

    ours: Words
    theirs: Words | None
    model: str
    why: str = ""

    def put(self, session: Session, change: Change) -> None:
        """Put the model's words into a change that has just got ours, if those are still the same and unread."""
        theirs, why = self.theirs, self.why
        if theirs is not None and self.ours != Words(change.headline or "", tuple(change.points or ())):
            theirs, why = None, "our own words became others meanwhile"
        elif theirs is not None and _is_being_sent(session, change):
            theirs, why = None, "its notice was sent meanwhile"
        if theirs is None:
            change.not_reworded = f"{self.model[: _LONGEST // 2]}: {why}"[:_LONGEST]
        else:
            change.headline, change.points = theirs.headline, list(theirs.points)
            change.worded_by = self.model[:_LONGEST]


@dataclass(frozen=True, slots=True)
class _Asked:
    uid: str
    ours: Words
    comparison: Comparison
    messages: tuple[Message, ...]


def reworded(archive: Archive, model: Model, own_words: OwnWords) -> dict[str, Reworded]:
    """What a model says about the changes that have no words yet and are to be sent, by uid.

    Recorded history and what is only listed are not asked about.
    """
    with archive.read() as session:
        asked = _questions(session, model.most, own_words)
    found: dict[str, Reworded] = {}
    silent = ""
    for one in asked:
        theirs, why = None, silent
        try:
            if not silent:
                theirs = limited.answer(checked, one.ours, model.ask(one.messages), one.comparison)
        except ModelSilent as error:
            why = silent = error.message
        except Refused as error:
            why = str(error)
        except Exception:
            # Whatever an answer does to our own code, it keeps no notice from being sent.
            log.exception("the answer of %s about change %s could not be checked", model.name, one.uid)
            why = "its answer could not be checked"
        found[one.uid] = Reworded(one.ours, theirs, model.name, why)
    return found


def _questions(session: Session, most: int, own_words: OwnWords) -> list[_Asked]:
    rows = [(change, page) for change, page in changes.unworded(session) if change.told and not change.recorded]
    rows.sort(key=lambda row: IMPORTANCES.index(row[0].importance), reverse=True)
    asked: list[_Asked] = []
    for change, page in rows[:most]:
        own = own_words(change, page)
        if own is None:
            continue
        ours, comparison = Words(*own), changes.comparison_of(change)
        parts = changes.facts_of(change), changes.moves_of(change), change.effective_on
        try:
            asked.append(_Asked(change.uid, ours, comparison, limited.answer(question, ours, comparison, *parts)))
        except Exception:
            log.exception("no model is asked about change %s: the question could not be written", change.uid)
    return asked


def _is_being_sent(session: Session, change: Change) -> bool:
    """Whether a notice of a change was begun before it had its words: it has ours."""
    query = select(Notice.id).where(Notice.change_id == change.id, col(Notice.state).in_(("sending", "sent"))).limit(1)
    return session.exec(query).first() is not None
