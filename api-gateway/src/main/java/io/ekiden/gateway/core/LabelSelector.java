package io.ekiden.gateway.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Marathon's label selector: `key`, `key==v`, `key!=v`, `key in (a,b)`, `key notin (a,b)`, joined
/// by commas that mean *and*. `!=` and `notin` still ask for the key to be there.
public final class LabelSelector {
    /// The text is no selector.
    public static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        Malformed(String message) {
            super(message);
        }
    }

    private record Term(String key, boolean in, Set<String> values) {
        boolean matches(Map<String, String> labels) {
            var value = labels.get(key);
            return value != null && (values.isEmpty() || values.contains(value) == in);
        }
    }

    private final String text;
    private int at;

    private LabelSelector(String text) {
        this.text = text;
    }

    /// A predicate over an app's labels.
    public interface Matcher {
        boolean matches(Map<String, String> labels);
    }

    public static Matcher parse(String text) throws Malformed {
        var terms = new LabelSelector(text).terms();
        return labels -> terms.stream().allMatch(term -> term.matches(labels));
    }

    private List<Term> terms() throws Malformed {
        var terms = new ArrayList<Term>();
        do {
            terms.add(term());
            blanks();
        } while (taken(","));
        if (at < text.length()) {
            throw expected("end of input");
        }
        return terms;
    }

    private Term term() throws Malformed {
        var key = word();
        blanks();
        if (taken("==")) {
            return new Term(key, true, Set.of(word()));
        }
        if (taken("!=")) {
            return new Term(key, false, Set.of(word()));
        }
        if (at == text.length() || !plain(text.charAt(at))) {
            return new Term(key, true, Set.of());
        }
        return switch (word()) {
            case "in" -> new Term(key, true, set());
            case "notin" -> new Term(key, false, set());
            default -> throw expected("'in' or 'notin'");
        };
    }

    private Set<String> set() throws Malformed {
        blanks();
        if (!taken("(")) {
            throw expected("'('");
        }
        var values = new TreeSet<String>();
        do {
            values.add(word());
            blanks();
        } while (taken(","));
        if (!taken(")")) {
            throw expected("')'");
        }
        return values;
    }

    /// Letters, digits, `-`, `_`, `.`; any other character after a backslash.
    private String word() throws Malformed {
        blanks();
        var word = new StringBuilder();
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '\\' && at + 1 < text.length()) {
                word.append(text.charAt(at + 1));
                at += 2;
            } else if (plain(c)) {
                word.append(c);
                at++;
            } else {
                break;
            }
        }
        if (word.isEmpty()) {
            throw expected("a term");
        }
        return word.toString();
    }

    private static boolean plain(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '-'
                || c == '_'
                || c == '.';
    }

    private void blanks() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private boolean taken(String token) {
        boolean there = text.startsWith(token, at);
        at += there ? token.length() : 0;
        return there;
    }

    private Malformed expected(String what) {
        return new Malformed("%s expected at position %d".formatted(what, at));
    }
}
