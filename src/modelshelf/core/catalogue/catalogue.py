"""The one list of models: registry, custom models and what is on disk, joined."""

from __future__ import annotations

from modelshelf.core.catalogue.entry import CacheSizes, CatalogueEntry, Source

__all__ = ["CacheSizes", "CatalogueEntry", "Source"]
