package io.ekiden.simulator.replay;

import io.ekiden.log.Codec;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;

/// Decides the journals from standard input again: the other JVM.
final class ReplayMain {
    private ReplayMain() {}

    public static void main(String[] args) throws IOException, Codec.Unreadable {
        var in = new DataInputStream(new BufferedInputStream(System.in));
        var tally = new Tally();
        for (var journal = Journals.read(in); journal.isPresent(); journal = Journals.read(in)) {
            tally.take(journal.get());
        }
        System.out.println(tally);
        System.exit(tally.differences() == 0 ? 0 : 1);
    }
}
