"""Subscribing, confirming, choosing and unsubscribing, by signed links. GET shows a form, only POST acts.

Mail scanners open every link of a mail: a GET must change nothing. The one-click POST of RFC 8058 carries neither
cookie nor login. Whether an address is known is never disclosed to the person who fills in a form.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import HTMLResponse

from diffs.database.archive import Archive, Session
from diffs.database.models import Subscriber
from diffs.store.notices import queueing, subscribers
from diffs.store.notices.signups import Added
from notifier.addresses import email_address, network
from notifier.settings import NotifierSettings
from notifier.subscribers import opt_in
from notifier.subscribers.links import CONFIRM, PREFERENCES, UNSUBSCRIBE, Links

from . import answers, wishes

#: What everybody reads after filling in the form, whoever they are.
SIGNED_UP = (
    "Thank you. Unless this address already gets our mail, we will send it a confirmation link, usually within"
    " minutes. Each address is asked once a day at most."
)
#: What somebody who entered too many addresses reads: it says nothing about the address they entered.
TOO_MANY = {
    Added.TOO_MANY_OF_SENDER: (429, "Too many addresses were entered from your network today. Please try tomorrow."),
    Added.TOO_MANY: (503, "Too many addresses are waiting at the moment. Please try again tomorrow."),
}
INVALID = "This link is invalid or has expired."

Form = Annotated[wishes.Fields, Depends(wishes.read_form)]


class Desk:
    """Handles readers who subscribe, choose and unsubscribe."""

    def __init__(
        self,
        archive: Archive,
        settings: NotifierSettings,
        links: Links,
        *,
        clock: Callable[[], datetime],
    ) -> None:
        self._archive, self._settings, self._links, self._clock = archive, settings, links, clock
        # Without a web address of our own there is no link to confirm with.
        self._open = bool(settings.smtp_url.get_secret_value() and settings.base_url)

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
        return self._page("subscribe", {"open": self._open, "wishes": wishes.chosen({}), **offered})

    def subscribe(self, request: Request, fields: Form) -> Response:
        """Record the address and what it wants to hear about; the outbox sends the question to it.

        Nothing is looked up and no mail is sent here: neither the response nor the time it takes reveals who
        subscribes, and a mail server that hangs delays nobody.
        """
        if not self._open:
            raise HTTPException(503, "Subscribing is not available here: no mail server or no site address is set up.")
        try:
            address = email_address(wishes.one(fields, "email"))
        except ValueError:
            return self._said("That is not a mail address.", status=422)
        sender = self._links.sender(network(request.client.host if request.client else ""))
        with self._archive.begin() as session:
            wanted = wishes.known(session, wishes.chosen(fields))
            added = opt_in.sign_up(session, address=address, wishes=wanted, now=self._clock(), sender=sender)
        if added in TOO_MANY:
            status, says = TOO_MANY[added]
            return self._said(says, status=status)
        return self._said(SIGNED_UP)

    def confirm_form(self, t: str = "") -> Response:
        """Ask for the one click that confirms."""
        return self._question(CONFIRM, t, "Do you want to receive policy changes by mail?", "Yes, subscribe me")

    def confirm(self, t: str = "") -> Response:
        """Confirm that the address belongs to its reader."""
        with self._archive.begin() as session:
            reader = self._named(session, CONFIRM, t)
            if reader.state == "stopped":
                # Somebody who unsubscribed is not brought back by a link that was sent before.
                raise HTTPException(404, INVALID)
            if reader.state == "pending":
                subscribers.confirm(reader, now=self._clock())
        return self._said("You are subscribed.")

    def leave_form(self, t: str = "") -> Response:
        """Ask for the one click that unsubscribes."""
        return self._question(UNSUBSCRIBE, t, "Do you want to unsubscribe?", "Unsubscribe")

    def leave(self, t: str = "") -> Response:
        """End the subscription. Mail programs post here by themselves (RFC 8058)."""
        with self._archive.begin() as session:
            subscribers.stop(session, self._named(session, UNSUBSCRIBE, t), reason="unsubscribed")
        return self._said("You are unsubscribed. We will send you nothing more.")

    def preferences_form(self, t: str = "") -> Response:
        """The form with the reader's choices, to be changed."""
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
            queueing.fit(session, reader, now=self._clock())
            if wishes.one(fields, "pause"):
                subscribers.pause(reader)
            else:
                subscribers.confirm(reader, now=self._clock())
        return self._said("Your choices are saved.")

    def _named(self, session: Session, purpose: str, token: str) -> Subscriber:
        key = self._links.key_from(purpose, token, now=self._clock())
        reader = subscribers.by_key(session, key) if key else None
        if reader is None:
            raise HTTPException(404, INVALID)
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
