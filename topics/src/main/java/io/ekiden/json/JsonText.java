package io.ekiden.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.ekiden.log.Codec;
import java.io.IOException;
import java.util.Iterator;

/// The body of a request as a JSON tree. Strict: one value, no name twice in an object, no half
/// surrogate pairs (they could not be written to the log); limited in depth, text and number
/// length. Never throws.
public sealed interface JsonText {
    /// Below the log's own limit, so that a body fits into the records that carry it.
    int MAX_DEPTH = 48;

    record Tree(JsonNode json) implements JsonText {}

    /// @param message the parser's words
    record Malformed(String message) implements JsonText {}

    /// Nothing, or white space.
    record Empty() implements JsonText {}

    static JsonText parse(byte[] body) {
        try {
            JsonNode json = Parser.MAPPER.readTree(body);
            if (json.isMissingNode()) {
                return new Empty();
            }
            return Parser.wellFormed(json)
                    ? new Tree(json)
                    : new Malformed("Incomplete surrogate pair in a text");
        } catch (JsonProcessingException e) {
            return new Malformed(Parser.message(e));
        } catch (IOException e) {
            return new Malformed(Parser.cut(String.valueOf(e.getMessage())));
        }
    }

    /// What only [#parse] needs: an interface cannot hide it otherwise.
    final class Parser {
        private static final int MAX_MESSAGE = 1000;
        private static final StreamReadConstraints LIMITS =
                Codec.LIMITS.rebuild().maxNestingDepth(MAX_DEPTH).build();
        private static final JsonMapper MAPPER =
                JsonMapper.builder(JsonFactory.builder().streamReadConstraints(LIMITS).build())
                        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                        .build();

        private Parser() {}

        private static boolean wellFormed(JsonNode json) {
            if (json.isTextual()) {
                return wellFormed(json.textValue());
            }
            for (Iterator<String> names = json.fieldNames(); names.hasNext(); ) {
                if (!wellFormed(names.next())) {
                    return false;
                }
            }
            for (var child : json) {
                if (!wellFormed(child)) {
                    return false;
                }
            }
            return true;
        }

        private static boolean wellFormed(String text) {
            return text.codePoints().noneMatch(c -> c >= 0xD800 && c <= 0xDFFF);
        }

        private static String message(JsonProcessingException e) {
            var at = e.getLocation();
            var words = cut(String.valueOf(e.getOriginalMessage()));
            return at == null
                    ? words
                    : words + " at line " + at.getLineNr() + ", column " + at.getColumnNr();
        }

        private static String cut(String message) {
            return message.length() > MAX_MESSAGE ? message.substring(0, MAX_MESSAGE) : message;
        }
    }
}
