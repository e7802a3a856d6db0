package io.ekiden.simulator.shrink;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// A run that once failed, as a text file: kept for good, and run again by a test.
///
/// @param invariant that failed
/// @param seed in which it was found, before it was made small
/// @param options of the small run, for people
/// @param detail what was seen, for people
public record Regression(
        String invariant,
        long seed,
        String options,
        String detail,
        SortedMap<String, int[]> choices) {
    private static final String CHOICES = "choices ";

    /// The file's text. Calm choices at a label's end need not be said; equal ones in a row are
    /// written as `value*times`.
    public String text() {
        var text = new StringBuilder();
        line(text, "invariant", invariant);
        line(text, "seed", Long.toString(seed));
        line(text, "options", options);
        line(text, "detail", detail);
        choices.forEach((label, list) -> {
            var numbers = numbers(list);
            if (!numbers.isEmpty()) {
                line(text, CHOICES + label, numbers);
            }
        });
        return text.toString();
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append(name).append(": ").append(value.replaceAll("\\s+", " ")).append('\n');
    }

    private static String numbers(int[] list) {
        int length = list.length;
        while (length > 0 && list[length - 1] == 0) {
            length--;
        }
        var runs = new ArrayList<String>();
        int times = 0;
        for (int i = 0; i < length; i++) {
            times++;
            if (i + 1 == length || list[i + 1] != list[i]) {
                runs.add(times == 1 ? Integer.toString(list[i]) : list[i] + "*" + times);
                times = 0;
            }
        }
        return String.join(" ", runs);
    }

    /// Reads what [#text] wrote.
    public static Regression parse(String text) {
        var lines = new TreeMap<String, String>();
        text.lines()
                .filter(line -> line.contains(": "))
                .forEach(line -> {
                    int colon = line.indexOf(": ");
                    lines.put(line.substring(0, colon), line.substring(colon + 2));
                });
        var choices = new TreeMap<String, int[]>();
        lines.forEach((name, value) -> {
            if (name.startsWith(CHOICES)) {
                choices.put(name.substring(CHOICES.length()), list(value));
            }
        });
        return new Regression(
                lines.getOrDefault("invariant", ""),
                Long.parseLong(lines.getOrDefault("seed", "0")),
                lines.getOrDefault("options", ""),
                lines.getOrDefault("detail", ""),
                choices);
    }

    private static int[] list(String numbers) {
        List<Integer> list = new ArrayList<>();
        for (var run : numbers.split(" ", -1)) {
            int star = run.indexOf('*');
            int value = Integer.parseInt(star < 0 ? run : run.substring(0, star));
            int times = star < 0 ? 1 : Integer.parseInt(run.substring(star + 1));
            for (int i = 0; i < times; i++) {
                list.add(value);
            }
        }
        return list.stream().mapToInt(Integer::intValue).toArray();
    }
}
