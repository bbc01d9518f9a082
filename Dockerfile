# policywatch with its archive in the volume /data. Chromium for pages built by scripts:
#   docker build --build-arg BROWSER=1 --tag policywatch .

FROM python:3.11-slim AS build
WORKDIR /source
COPY requirements.lock pyproject.toml MANIFEST.in README.md LICENSE ./
RUN python -m venv /opt/policywatch \
    && /opt/policywatch/bin/pip install --no-cache-dir --require-hashes --no-deps --requirement requirements.lock
COPY crawler crawler
COPY diffs diffs
COPY notifier notifier
COPY policywatch policywatch
RUN /opt/policywatch/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11-slim
ARG BROWSER=
COPY requirements-dev.lock /tmp/
COPY --from=build /opt/policywatch /opt/policywatch
# The browser extra as locked, and Debian's Chromium for it to drive.
RUN if [ -n "$BROWSER" ]; then \
        apt-get update && apt-get install --yes --no-install-recommends chromium && rm -rf /var/lib/apt/lists/* \
        && awk '/^[^ ]/ { keep = /^(greenlet|playwright|scrapy-playwright)==/ } keep' /tmp/requirements-dev.lock >/tmp/browser.lock \
        && /opt/policywatch/bin/pip install --no-cache-dir --require-hashes --no-deps --requirement /tmp/browser.lock \
        && /opt/policywatch/bin/pip check; \
    fi; rm -f /tmp/*.lock
RUN useradd --create-home --uid 1000 policywatch && install --directory --owner policywatch /data
USER policywatch
ENV PATH=/opt/policywatch/bin:$PATH PYTHONUNBUFFERED=1
VOLUME /data
# policywatch.toml and policywatch-data/ are looked for in the working folder.
WORKDIR /data
ENTRYPOINT ["policywatch"]
CMD ["--help"]
