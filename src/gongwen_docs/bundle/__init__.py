"""Evidence bundles (验真包): a document with all that its verification needs, without a network."""

from gongwen_docs.bundle.manifest import BundlePart, Manifest, PartRole
from gongwen_docs.bundle.reading import Bundle
from gongwen_docs.bundle.writing import BundleSource, plain_suffix, write_bundle

__all__ = ["Bundle", "BundlePart", "BundleSource", "Manifest", "PartRole", "plain_suffix", "write_bundle"]
