"""The permanent address of a change."""

from notifier.values import ToldChange

from .escaping import web_link


def permanent_link(change: ToldChange, base_url: str) -> str:
    """The change's page on our site, or the policy page itself where there is no site; "" if neither."""
    return f"{base_url}/changes/{change.uid}" if web_link(base_url) else web_link(change.url)
