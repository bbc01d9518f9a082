"""Subscribing, confirming, choosing and leaving, by signed links. GET shows a form, only POST acts.

Mail scanners open every link of a mail: a GET must change nothing. The one-click POST of RFC 8058 carries neither
cookie nor login. Whether an address is known is never told to whoever fills in a form.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Response
from fastapi.responses import HTMLResponse

from diffs.database.archive import Archive, Session
from diffs.database.models import Subscriber
from diffs.errors import DeliveryError, RecipientRefused
from diffs.store.notices import outbox, subscribers
from notifier.channels.base import MailChannel
from notifier.mail.confirmation import CONFIRM_WITHIN, confirmation
from notifier.settings import NotifierSettings
from notifier.subscribers.links import (
    CONFIRM,
    PREFERENCES,
    UNSUBSCRIBE,
    Links,
    email_address,
)

from . import answers, wishes

log = logging.getLogger(__name__)

#: Confirmation mails: one an hour to the same address, and no more than this many an hour to all.
ONE_EACH = timedelta(hours=1)
MOST_AN_HOUR = 60

Form = Annotated[wishes.Fields, Depends(wishes.read_form)]


class Postbox:
    """Sends confirmation mails, not too many: the form is open to everybody."""

    def __init__(self, mail: MailChannel) -> None:
        self._mail = mail
        self._lock = threading.Lock()
        self._sent: dict[str, datetime] = {}

    def send(self, mail: EmailMessage, *, now: datetime) -> bool:
        """Whether it went out; False when this address, or everybody, had enough. Raises DeliveryError."""
        to = str(mail["To"])
        with self._lock:
            self._sent = {key: at for key, at in self._sent.items() if now - at < ONE_EACH}
            if to in self._sent or len(self._sent) >= MOST_AN_HOUR:
                return False
            try:
                self._mail.post(mail)
            except RecipientRefused:
                # Tried is as good as sent: nobody makes us ask a server for one wrong address after the other.
                self._sent[to] = now
                raise
            self._sent[to] = now
        return True


class Desk:
    """Where readers come and go."""

    def __init__(
        self,
        archive: Archive,
        settings: NotifierSettings,
        links: Links,
        *,
        mail: MailChannel | None,
        clock: Callable[[], datetime],
    ) -> None:
        self._archive, self._settings, self._links, self._clock = archive, settings, links, clock
        # Without an address of our own there is no link to confirm with.
        self._postbox = Postbox(mail) if mail is not None and settings.base_url else None

    def router(self) -> APIRouter:
        """The routes /subscribe, /confirm, /preferences and /unsubscribe."""
        routes = APIRouter(default_response_class=HTMLResponse)
        for path, shown, acts in (
            ("/subscribe", self.subscribe_form, self.subscribe),
            ("/confirm", self.confirm_form, self.confirm),
            ("/preferences", self.preferences_form, self.choose),
            ("/unsubscribe", self.leave_form, self.leave),
        ):
            routes.add_api_route(path, shown, methods=["GET", "HEAD"])
            routes.add_api_route(path, acts, methods=["POST"])
        return routes

    def subscribe_form(self) -> Response:
        """The form for new readers."""
        with self._archive.read() as session:
            offered = wishes.offered(session)
        return self._page("subscribe", {"open": self._postbox is not None, "wishes": wishes.chosen({}), **offered})

    def subscribe(self, fields: Form) -> Response:
        """Note the wish, and ask the address whether it is really its own."""
        if self._postbox is None:
            raise HTTPException(503, "Nobody can subscribe here: no mail server, or no address of the site, is set.")
        try:
            address = email_address(wishes.one(fields, "email"))
        except ValueError:
            return self._said("That is not a mail address.", status=422)
        with self._archive.begin() as session:
            reader = subscribers.by_address(session, "email", address)
            if reader is None or reader.state in ("pending", "stopped"):
                wish = wishes.chosen(fields)
                reader = subscribers.add(session, channel="email", address=address, now=self._clock(), **wish)
            key = reader.key if reader.state == "pending" else ""
        if key:
            self._ask(self._postbox, address, key)
        # The same words whether the address is new, waits, or reads us already.
        return self._said("Please open the mail that we have sent you, and confirm. It may take a minute.")

    def confirm_form(self, t: str = "") -> Response:
        """Ask for the one click that confirms."""
        return self._question(CONFIRM, t, "Do you want to be told of policy changes?", "Yes, tell me")

    def confirm(self, t: str = "") -> Response:
        """The address is its reader's own."""
        with self._archive.begin() as session:
            subscribers.confirm(self._named(session, CONFIRM, t), now=self._clock())
        return self._said("You will be told.")

    def leave_form(self, t: str = "") -> Response:
        """Ask for the one click that ends it."""
        return self._question(UNSUBSCRIBE, t, "Do you want to hear no more from us?", "Unsubscribe")

    def leave(self, t: str = "") -> Response:
        """The reader hears no more. Mail programs post here by themselves (RFC 8058)."""
        with self._archive.begin() as session:
            subscribers.stop(session, self._named(session, UNSUBSCRIBE, t), reason="unsubscribed")
        return self._said("You will hear no more from us.")

    def preferences_form(self, t: str = "") -> Response:
        """What the reader chose, to be changed."""
        with self._archive.read() as session:
            reader = self._named(session, PREFERENCES, t)
            known = {"token": t, "state": reader.state, "wishes": wishes.of(reader), **wishes.offered(session)}
        return self._page("preferences", known)

    def choose(self, fields: Form, t: str = "") -> Response:
        """Store what the reader chose."""
        with self._archive.begin() as session:
            reader = self._named(session, PREFERENCES, t)
            if reader.state not in ("active", "paused"):
                return self._said("This address is not subscribed. You can subscribe again.", status=409)
            subscribers.change_wishes(reader, **wishes.chosen(fields))
            outbox.fit(session, reader, now=self._clock())
            if wishes.one(fields, "pause"):
                subscribers.pause(reader)
            else:
                subscribers.confirm(reader, now=self._clock())
        return self._said("Your choice is stored.")

    def _ask(self, postbox: Postbox, address: str, key: str) -> None:
        now = self._clock()
        mail = confirmation(
            address,
            self._links.to(CONFIRM, key, until=now + CONFIRM_WITHIN),
            sender=self._settings.sender,
            site=self._settings.site_name,
            now=now,
            unsubscribe=self._links.to(UNSUBSCRIBE, key),
            key=key,
        )
        try:
            if postbox.send(mail, now=now):
                self._asked(key, now)
        except RecipientRefused as error:
            # Told to nobody: it would say which addresses exist.
            log.info("a confirmation was refused: %s", error)
        except DeliveryError as error:
            log.warning("a confirmation could not be sent: %s", error)
            raise HTTPException(503, "Mail cannot be sent at the moment. Please try again later.") from error

    def _asked(self, key: str, now: datetime) -> None:
        with self._archive.begin() as session:
            if (reader := subscribers.by_key(session, key)) is not None:
                reader.asked_at = now

    def _named(self, session: Session, purpose: str, token: str) -> Subscriber:
        key = self._links.key_from(purpose, token, now=self._clock())
        reader = subscribers.by_key(session, key) if key else None
        if reader is None:
            raise HTTPException(404, "This link is not valid, or no longer.")
        return reader

    def _question(self, purpose: str, token: str, question: str, yes: str) -> Response:
        with self._archive.read() as session:
            self._named(session, purpose, token)
        return self._page("ask", {"action": purpose, "token": token, "question": question, "yes": yes})

    def _said(self, words: str, *, status: int = 200) -> Response:
        return self._page("message", {"said": words}, status=status)

    def _page(self, name: str, fields: dict[str, Any], *, status: int = 200) -> Response:
        content = answers.part(name, self._settings, **fields)
        body = answers.page(self._settings, self._settings.site_name, content)
        return HTMLResponse(body, status, headers={"cache-control": "no-store"})
