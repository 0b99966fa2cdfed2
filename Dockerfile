# trouped and troupectl on Debian's slim image; `./dev image` builds it.
#
# Services of your own are a program that replaces trouped, built with the same Debian:
#   FROM troupe
#   COPY my-program /usr/local/bin/trouped
ARG DEBIAN=debian:12-slim

FROM ${DEBIAN} AS build
WORKDIR /src
COPY . .
RUN ./dev stage /out

FROM ${DEBIAN}
COPY --from=build /out/usr/share/troupe/packages /usr/share/troupe/packages
RUN apt-get update \
  && xargs apt-get install -y --no-install-recommends </usr/share/troupe/packages \
  && rm -rf /var/lib/apt/lists/* /var/cache/* /var/log/* \
  && install -d -o 65532 -g 65532 -m 0700 /run/troupe
COPY --from=build /out/ /

USER 65532:65532
EXPOSE 8080 9902
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD ["/usr/local/bin/troupectl", "health"]
ENTRYPOINT ["/usr/local/bin/trouped"]
CMD ["--config", "/etc/troupe/troupe.yaml"]
