"""Follow a page that only redirects its readers (`<meta http-equiv="refresh">`) once, within its own site."""

from scrapy import Request, Spider
from scrapy.downloadermiddlewares.redirect import MetaRefreshMiddleware
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached

from crawler.items import CUT_OFF
from diffs.judging.gate import is_block

from .robots import captured

#: In the meta of the request that follows.
_FOLLOWED = "policywatch_sent_on"


class PageRedirect(MetaRefreshMiddleware):
    """Scrapy's own, held to one step: no other site, no loop, no page that asks for a human, is cut off or refuses us.

    If it is not followed, the gate says where the page leads (`sends-on`).
    """

    def process_response(
        self,
        request: Request,
        response: Response,
        spider: Spider | None = None,  # noqa: ARG002 (Scrapy's signature)
    ) -> Request | Response:
        """The response, or the request for the page that it leads to."""
        if request.meta.get(_FOLLOWED) or request.meta.get("playwright") or not _is_good(response):
            return response
        found = super().process_response(request, response)
        if not isinstance(found, Request):
            return found
        at, leads_to = urlparse_cached(request), urlparse_cached(found)
        is_own = at.hostname == leads_to.hostname and leads_to.scheme in {"https", at.scheme}
        if not is_own or found.url == request.url:
            return response
        found.meta[_FOLLOWED] = True
        return found


def _is_good(response: Response) -> bool:
    return response.status == 200 and CUT_OFF not in response.flags and not is_block(captured(response))
