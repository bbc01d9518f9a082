"""Everything that can go wrong, in one tree.

* PolicywatchError
  + WatchlistError      a watch-list or a folder of saved pages contains something we cannot use
  + SettingsError       a setting is missing or wrong; nothing can start
  + CrawlError          the page could not be fetched; the run continues
  + ExtractionError     the page was fetched but its policy text could not be found
  + ArchiveError        the archive is unusable; the run stops
    - ArchiveLocked     another program is writing to it; it can be used again later
    - ArchiveFull       the disk is full
    - ArchiveDamaged    its database is broken, or not one of ours
    - ArchiveMissing    there is none yet, and reading does not create one
    - BodyLost          the bytes of a snapshot are missing or damaged
  + ReportError         a report of the seller's own figures contains something that cannot be read
  + ModelSilent         the model that rephrases our words gave no answer in time; ours are used
  + DeliveryError       a notice could not be sent; it stays due
    - ChannelDown       nothing can be sent through this channel now; all its notices stay due
    - RecipientRefused  the server rejects this recipient for good; the others are still sent
      . RecipientGone   the address no longer exists; its subscriber is stopped
"""

from collections.abc import Mapping

from .failures import Failure, Reason


class PolicywatchError(Exception):
    """Root of all errors this program raises on purpose.

    `remedy` is a sentence that tells the reader what to do, or "".
    """

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class WatchlistError(PolicywatchError):
    """A watch-list or a folder of saved pages contains something we cannot use."""


class SettingsError(PolicywatchError):
    """A setting is missing or wrong; nothing can start."""


class CrawlError(PolicywatchError):
    """The page could not be fetched; the run continues."""


class ExtractionError(PolicywatchError):
    """The page was fetched but its policy text could not be found."""


class ArchiveError(PolicywatchError):
    """The archive is unusable; the run stops.

    `failure` is the reason as a code with its data if the database itself refused; `message` then repeats the code, for
    tracebacks, and `diffs.wording.failures` puts it into words.
    """

    def __init__(self, message: str = "", *, remedy: str = "", failure: Failure | None = None) -> None:
        super().__init__(message or (f"{failure.reason}: {failure.detail}" if failure else ""), remedy=remedy)
        self.failure = failure


class ArchiveLocked(ArchiveError):
    """Another program is writing to the archive; it can be used again later."""


class ArchiveFull(ArchiveError):
    """There is no room on the archive's disk."""


#: What to do if the archive's database is broken.
RESTORE = "Keep the file as it is and restore a backup: docs/backup.md says how."


class ArchiveDamaged(ArchiveError):
    """The archive's database is broken, or is not one of ours."""


class ArchiveMissing(ArchiveError):
    """There is no archive yet, and reading does not create one."""


class BodyLost(ArchiveError):
    """The bytes of a snapshot are missing or damaged."""


class ReportError(PolicywatchError):
    """A report of the seller's own figures contains something that cannot be read; the rest is judged."""


class ModelSilent(PolicywatchError):
    """The model that rephrases our words gave no answer in time; ours are used."""


class DeliveryError(PolicywatchError):
    """A notice could not be sent; it stays due."""


class RecipientRefused(DeliveryError):
    """The server rejects this recipient for good; the others are still sent."""


class ChannelDown(DeliveryError):
    """Nothing can be sent through this channel now; all its notices stay due."""


class RecipientGone(RecipientRefused):
    """The address no longer exists; its subscriber is stopped."""


_BY_REASON: Mapping[Reason, type[ArchiveError]] = {
    Reason.ARCHIVE_LOCKED: ArchiveLocked,
    Reason.ARCHIVE_FULL: ArchiveFull,
    Reason.ARCHIVE_DAMAGED: ArchiveDamaged,
    Reason.ARCHIVE_FOREIGN: ArchiveDamaged,
}


def refused(failure: Failure) -> ArchiveError:
    """The error for what the archive's database refused."""
    return _BY_REASON.get(failure.reason, ArchiveError)(failure=failure)
