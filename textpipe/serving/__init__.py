"""A model at work: bytes of a mail in, a verdict out; and what a mail system makes of that.

:class:`~textpipe.serving.detector.Detector` knows no framework and no protocol. All that talks to the
outside stands on it.
"""
