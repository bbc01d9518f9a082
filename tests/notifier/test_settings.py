"""The notifier's settings: what is accepted, what is refused and why."""

import pytest
from pydantic import ValidationError

from notifier.settings import NotifierSettings


def test_nothing_set_means_no_mail_and_no_site() -> None:
    chosen = NotifierSettings()

    assert (chosen.smtp_url.get_secret_value(), chosen.base_url) == ("", "")
    assert chosen.sender == "policywatch <policywatch@localhost>"
    assert chosen.mail_domain == "localhost"


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICYWATCH_BASE_URL", "https://policies.example/")
    monkeypatch.setenv("POLICYWATCH_MAIL_FROM", "Policies <policies@policies.example>")

    chosen = NotifierSettings()

    assert chosen.base_url == "https://policies.example"
    assert chosen.mail_domain == "policies.example"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"base_url": "policies.example"}, "must begin with https://"),
        ({"base_url": "javascript:alert(1)"}, "must begin with https://"),
        ({"base_url": "https://user:hidden@policies.example"}, "must contain no user name and no password"),
        ({"mail_from": "nobody"}, "must be an address"),
        ({"mail_from": "Policies <nobody@>"}, "must be an address"),
        ({"smtp_url": "http://user:hidden@mail.example", "mail_from": "a@b.example"}, "must begin with smtp://"),
        ({"smtp_url": "smtp://user:hidden@mail.example"}, "mail_from is needed"),
        ({"smtp_timeout": 0}, "smtp_timeout"),
    ],
)
def test_a_wrong_setting_is_named_and_no_secret_shown(fields: dict[str, str], reason: str) -> None:
    with pytest.raises(ValidationError) as caught:
        NotifierSettings(**fields)

    assert reason in str(caught.value)
    assert "hidden" not in str(caught.value)
