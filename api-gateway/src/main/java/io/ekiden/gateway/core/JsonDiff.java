package io.ekiden.gateway.core;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.TreeSet;

/// In what two JSON texts differ: `{"path":…,"from":…,"to":…}` for each place, without `from` where
/// there was nothing and without `to` where there is nothing any more. Lists of another length
/// differ as a whole.
final class JsonDiff {
    /// More places than these are only said to be there.
    static final int MAX_PLACES = 50;

    /// Longer values are only shown as far.
    static final int MAX_TEXT = 200;

    private final ArrayNode places = Answer.object().arrayNode();
    private boolean more;

    private JsonDiff() {}

    /// One of the two.
    ///
    /// @param shown the same, but for values that are not to be shown
    record Side(JsonNode real, JsonNode shown) {
        private Side at(String name) {
            return new Side(real.path(name), shown.path(name));
        }

        private Side at(int index) {
            return new Side(real.path(index), shown.path(index));
        }

        private JsonNode cut() {
            var text = shown.isTextual() ? shown.textValue() : shown.toString();
            return text.length() <= MAX_TEXT
                    ? shown
                    : TextNode.valueOf(text.substring(0, MAX_TEXT) + "…");
        }
    }

    static ObjectNode of(Side from, Side to) {
        var diff = new JsonDiff();
        diff.compare("", from, to);
        var json = Answer.object();
        json.set("diff", diff.places);
        if (diff.more) {
            json.put("more", true);
        }
        return json;
    }

    private void compare(String path, Side from, Side to) {
        var was = from.real();
        var is = to.real();
        if (was.equals(is)) {
            return;
        }
        if (was.isObject() && is.isObject()) {
            var names = new TreeSet<String>();
            was.fieldNames().forEachRemaining(names::add);
            is.fieldNames().forEachRemaining(names::add);
            names.forEach(name -> compare(path + "/" + escaped(name), from.at(name), to.at(name)));
        } else if (was.isArray() && is.isArray() && was.size() == is.size()) {
            for (int i = 0; i < was.size(); i++) {
                compare(path + "/" + i, from.at(i), to.at(i));
            }
        } else {
            place(path, from, to);
        }
    }

    private void place(String path, Side from, Side to) {
        if (places.size() == MAX_PLACES) {
            more = true;
            return;
        }
        var place = places.addObject().put("path", path);
        if (!from.real().isMissingNode()) {
            place.set("from", from.cut());
        }
        if (!to.real().isMissingNode()) {
            place.set("to", to.cut());
        }
    }

    /// As JSON pointers have it (RFC 6901).
    private static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }
}
