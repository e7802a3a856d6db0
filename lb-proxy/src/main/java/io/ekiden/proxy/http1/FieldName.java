package io.ekiden.proxy.http1;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A header field about which a proxy does something, or any other.
enum FieldName {
    CONNECTION,
    CONTENT_LENGTH,
    EXPECT,
    HOST,
    HTTP2_SETTINGS,
    KEEP_ALIVE,
    PROXY_CONNECTION,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
    X_FORWARDED_HOST,
    X_FORWARDED_PORT,
    X_FORWARDED_PROTO,
    OTHER;

    private static final List<List<FieldName>> BY_LENGTH = byLength();

    private final String text = name().toLowerCase(Locale.ROOT).replace('_', '-');

    private static List<List<FieldName>> byLength() {
        var lists = new ArrayList<List<FieldName>>();
        for (var name : values()) {
            while (lists.size() <= name.text.length()) {
                lists.add(new ArrayList<>());
            }
            if (name != OTHER) {
                lists.get(name.text.length()).add(name);
            }
        }
        return List.copyOf(lists);
    }

    static FieldName of(byte[] bytes, int from, int to) {
        int length = to - from;
        if (length < BY_LENGTH.size()) {
            var candidates = BY_LENGTH.get(length);
            for (int i = 0; i < candidates.size(); i++) {
                if (Ascii.equalsIgnoreCase(bytes, from, to, candidates.get(i).text)) {
                    return candidates.get(i);
                }
            }
        }
        return OTHER;
    }

    /// Whether it is of one connection and does not pass (RFC 9110 section 7.6.1).
    boolean isOfOneConnection() {
        return switch (this) {
            case CONNECTION,
                    HTTP2_SETTINGS,
                    KEEP_ALIVE,
                    PROXY_CONNECTION,
                    TE,
                    TRANSFER_ENCODING,
                    UPGRADE ->
                    true;
            case CONTENT_LENGTH,
                    EXPECT,
                    HOST,
                    OTHER,
                    TRAILER,
                    X_FORWARDED_HOST,
                    X_FORWARDED_PORT,
                    X_FORWARDED_PROTO ->
                    false;
        };
    }

    /// Whether it says where a message begins or ends, which no option of a connection takes back.
    boolean isOfFraming() {
        return switch (this) {
            case CONTENT_LENGTH, HOST, TRAILER, TRANSFER_ENCODING -> true;
            case CONNECTION,
                    EXPECT,
                    HTTP2_SETTINGS,
                    KEEP_ALIVE,
                    OTHER,
                    PROXY_CONNECTION,
                    TE,
                    UPGRADE,
                    X_FORWARDED_HOST,
                    X_FORWARDED_PORT,
                    X_FORWARDED_PROTO ->
                    false;
        };
    }
}
