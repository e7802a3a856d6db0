package io.ekiden.state;

import com.google.re2j.Pattern;
import io.ekiden.model.Agent;
import io.ekiden.model.Constraint;
import io.ekiden.model.Constraint.Operator;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.HashMap;
import java.util.Optional;

/// A constraint made ready to be judged: its regular expression is compiled, its number is read.
///
/// The values of a field are texts. `hostname` and `@hostname` are the agent's; `@region` and
/// `@zone` are the attribute of that name or, where there is none, the attribute `region` or
/// `zone`; everything else is the attribute of that name.
public final class Rule {
    /// Longer values match no regular expression.
    public static final int MAX_VALUE = 1024;

    /// So many answers are remembered.
    private static final int MEMORY = 20_000;

    private static final int DECIMALS = 3;
    private static final Pattern NUMBER = Pattern.compile("[-+]?[0-9]{1,30}(\\.[0-9]{0,30})?");

    private final Constraint constraint;
    private final Optional<Pattern> pattern;
    private final String wanted;
    private final int number;

    /// What the regular expression said of values: asked again and again for the same few.
    private final HashMap<String, Boolean> matched = new HashMap<>();

    public Rule(Constraint constraint) {
        this.constraint = constraint;
        boolean regex =
                constraint.operator() == Operator.LIKE || constraint.operator() == Operator.UNLIKE;
        pattern = regex ? constraint.value().map(Pattern::compile) : Optional.empty();
        wanted = constraint.value().map(Rule::plain).orElse("");
        boolean counting =
                constraint.operator() == Operator.MAX_PER
                        || constraint.operator() == Operator.GROUP_BY;
        number = counting ? constraint.value().map(Integer::parseInt).orElse(0) : 0;
    }

    public Constraint constraint() {
        return constraint;
    }

    public String field() {
        return constraint.field();
    }

    public Operator operator() {
        return constraint.operator();
    }

    /// Of MAX_PER and GROUP_BY; 0: none was given.
    public int number() {
        return number;
    }

    public boolean onHostname() {
        return field().equals("hostname") || field().equals("@hostname");
    }

    /// Whether it depends on where the run spec's other instances are.
    public boolean counts() {
        return switch (operator()) {
            case UNIQUE, MAX_PER, GROUP_BY -> true;
            case CLUSTER -> constraint.value().isEmpty();
            case LIKE, UNLIKE, IS -> false;
        };
    }

    /// The value of the constraint's field on an agent.
    public Optional<String> value(Agent agent) {
        return value(field(), agent);
    }

    static Optional<String> value(String field, Agent agent) {
        return switch (field) {
            case "hostname", "@hostname" -> Optional.of(agent.hostname());
            case "@region", "@zone" ->
                    attribute(agent, field).or(() -> attribute(agent, field.substring(1)));
            default -> attribute(agent, field);
        };
    }

    private static Optional<String> attribute(Agent agent, String name) {
        return Optional.ofNullable(agent.attributes().get(name));
    }

    /// Whether an agent with this value may be taken, wherever other instances are. Where the field
    /// is missing only UNLIKE holds.
    public boolean admits(Optional<String> value) {
        return switch (operator()) {
            case UNIQUE, MAX_PER, GROUP_BY -> value.isPresent();
            case CLUSTER ->
                    value.isPresent()
                            && (constraint.value().isEmpty() || value.equals(constraint.value()));
            case LIKE -> value.isPresent() && matches(value.get());
            case UNLIKE -> value.isEmpty() || !matches(value.get());
            case IS -> value.isPresent() && plain(value.get()).equals(wanted);
        };
    }

    private boolean matches(String value) {
        if (value.length() > MAX_VALUE) {
            return false;
        }
        var known = matched.get(value);
        if (known != null) {
            return known;
        }
        if (matched.size() == MEMORY) {
            matched.clear();
        }
        boolean matches = pattern.orElseThrow().matches(value);
        matched.put(value, matches);
        return matches;
    }

    /// A number in Mesos' form of scalars, three decimals at most, half to even; other texts as
    /// they are.
    private static String plain(String value) {
        if (!NUMBER.matches(value)) {
            return value;
        }
        var rounded = new BigDecimal(value).setScale(DECIMALS, RoundingMode.HALF_EVEN);
        return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
    }
}
