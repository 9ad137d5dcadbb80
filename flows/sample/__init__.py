"""The bundled sample: small whole files in the publishers' layouts for a site on loopback.

Every figure of it is illustrative: made by a fixed arithmetic, the same every time. Only the codes, names and dates of
organisations and the labels of the layouts are real. Contains public sector information licensed under the Open
Government Licence v3.0.
"""

from flows.sample.site import is_in_the_sample, sample_registered, sample_site

__all__ = ["is_in_the_sample", "sample_registered", "sample_site"]
