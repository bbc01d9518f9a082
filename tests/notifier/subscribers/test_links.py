"""Signed links to confirm, choose and unsubscribe: only the right ones work, and only in time."""

import base64
import hmac
import threading
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffs.errors import SettingsError
from notifier.mail.confirmation import Question
from notifier.rendering import disclaimer
from notifier.settings import NotifierSettings
from notifier.subscribers.links import CONFIRM, PREFERENCES, UNSUBSCRIBE, Links, links_from
from tests.notifier.vocabulary import DAY, NOON, settings

LINKS = Links(b"secret", "https://policies.example")


def token_of(link: str) -> str:
    return link.partition("?t=")[2]


def test_a_link_names_its_subscriber() -> None:
    link = LINKS.to(UNSUBSCRIBE, "abc")

    assert link.startswith("https://policies.example/unsubscribe?t=abc.")
    assert LINKS.key_from(UNSUBSCRIBE, token_of(link), now=NOON + 3650 * DAY) == "abc"


def test_a_link_is_good_for_its_purpose_only() -> None:
    token = token_of(LINKS.to(UNSUBSCRIBE, "abc"))

    assert LINKS.key_from(PREFERENCES, token, now=NOON) is None
    assert Links(b"other").key_from(UNSUBSCRIBE, token, now=NOON) is None


def test_a_link_to_confirm_ends() -> None:
    token = LINKS.token(CONFIRM, "abc", until=NOON + timedelta(days=7))

    assert LINKS.key_from(CONFIRM, token, now=NOON + timedelta(days=7)) == "abc"
    assert LINKS.key_from(CONFIRM, token, now=NOON + timedelta(days=8)) is None
    key, _, signature = token.split(".")
    assert LINKS.key_from(CONFIRM, f"{key}.0.{signature}", now=NOON) is None, "its end cannot be taken away"


@given(st.text())
def test_a_forged_link_names_nobody(token: str) -> None:
    assert LINKS.key_from(UNSUBSCRIBE, token, now=NOON) is None
    assert LINKS.key_from(UNSUBSCRIBE, f"abc.0.{token}", now=NOON) is None


@pytest.mark.parametrize("purpose", [UNSUBSCRIBE, PREFERENCES])
def test_links_in_mails_of_before_still_work(purpose: str) -> None:
    mac = hmac.digest(b"secret", f"{purpose}|abc|0".encode(), "sha256")
    old = f"abc.0.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"

    assert LINKS.key_from(purpose, old, now=NOON) == "abc"
    assert LINKS.key_from(CONFIRM, old, now=NOON) is None
    assert LINKS.token(purpose, "abc") != old


@pytest.mark.parametrize("token", [f"a.{'f' * 5000}.x", f"a.{'f' * 150}.x", "a.-1.x", "a.0.é", "a.0.\ud800", "." * 5])
def test_a_forged_link_of_any_size_is_just_not_valid(token: str) -> None:
    assert LINKS.key_from(CONFIRM, token, now=NOON) is None


def test_without_a_site_there_are_no_links() -> None:
    assert Links(b"secret").to(UNSUBSCRIBE, "abc") == ""


def test_each_webhook_has_a_secret_of_its_own() -> None:
    assert LINKS.webhook_secret("a").startswith("whsec_")
    assert LINKS.webhook_secret("a") != LINKS.webhook_secret("b")


def test_the_signing_secret_is_made_once_and_kept(tmp_path: Path) -> None:
    chosen = NotifierSettings(data_dir=tmp_path / "data", base_url="https://policies.example")
    token = links_from(chosen).token(UNSUBSCRIBE, "abc")

    assert links_from(chosen).key_from(UNSUBSCRIBE, token, now=NOON) == "abc"
    (kept,) = (tmp_path / "data").iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600
    assert links_from(settings()).key_from(UNSUBSCRIBE, token, now=NOON) is None


def test_two_programs_that_start_at_once_sign_alike(tmp_path: Path) -> None:
    chosen = NotifierSettings(data_dir=tmp_path / "data")
    tokens: list[str] = []
    threads = [
        threading.Thread(target=lambda: tokens.append(links_from(chosen).token(UNSUBSCRIBE, "a"))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(tokens)) == 1


def test_a_data_folder_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(SettingsError, match="POLICYWATCH_SECRET"):
        links_from(NotifierSettings(data_dir=tmp_path / "file" / "data"))


def test_the_mail_that_asks_for_confirmation_holds_nothing_of_strangers() -> None:
    link = LINKS.to(CONFIRM, "abc", until=NOON + 7 * DAY)
    asks = Question(
        message_id="<q@policies.example>",
        to="reader@example.org",
        link=link,
        sender="Policywatch <policies@policies.example>",
        site="policywatch",
        now=NOON,
        unsubscribe=LINKS.to(UNSUBSCRIBE, "abc"),
    )

    read = message_from_bytes(asks.as_mail().as_bytes(), policy=default)
    assert read["To"] == "reader@example.org"
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link in read.get_content()
    assert disclaimer.ALL in read.get_content()
    assert "List-Unsubscribe" not in replace(asks, unsubscribe="").as_mail()
