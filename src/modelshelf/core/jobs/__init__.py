"""The record of every running operation, and the lease that makes it the only one on its model."""

from modelshelf.core.jobs.ledger import Claim, Ledger, why_unrecordable
from modelshelf.core.jobs.record import JobRecord, Owner, Wanted

__all__ = ["Claim", "JobRecord", "Ledger", "Owner", "Wanted", "why_unrecordable"]
