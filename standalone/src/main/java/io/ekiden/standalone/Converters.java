package io.ekiden.standalone;

import io.ekiden.model.PortRange;
import io.ekiden.planner.core.Settings.Strategy;
import io.ekiden.proxy.Networks;
import io.ekiden.proxy.vip.AddressRange;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// How the values of options are written.
final class Converters {
    private Converters() {}

    /// `90s`, `2m`, `500ms`, `1h`; a bare number is seconds.
    static final class ForDuration implements ITypeConverter<Duration> {
        private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m|h)?");

        @Override
        public Duration convert(String value) {
            var matcher = FORM.matcher(value);
            if (!matcher.matches()) {
                throw new TypeConversionException("'" + value + "' is not a time such as 90s");
            }
            long amount = Long.parseLong(matcher.group(1));
            return switch (String.valueOf(matcher.group(2))) {
                case "ms" -> Duration.ofMillis(amount);
                case "m" -> Duration.ofMinutes(amount);
                case "h" -> Duration.ofHours(amount);
                default -> Duration.ofSeconds(amount);
            };
        }
    }

    static final class ForStrategy implements ITypeConverter<Strategy> {
        @Override
        public Strategy convert(String value) {
            return switch (value) {
                case "spread" -> Strategy.SPREAD;
                case "binpack" -> Strategy.BINPACK;
                default ->
                        throw new TypeConversionException(
                                "'" + value + "' is neither spread nor binpack");
            };
        }
    }

    /// 0 to 65535.
    static final class ForPort implements ITypeConverter<Integer> {
        static final int MAX = 65_535;

        @Override
        public Integer convert(String value) {
            if (!value.matches("\\d{1,5}") || Integer.parseInt(value) > MAX) {
                throw new TypeConversionException("'" + value + "' is not a port (0 to 65535)");
            }
            return Integer.valueOf(value);
        }
    }

    /// `10000-10100`.
    static final class ForRange implements ITypeConverter<PortRange> {
        private static final Pattern FORM = Pattern.compile("(\\d{1,5})-(\\d{1,5})");

        @Override
        public PortRange convert(String value) {
            var matcher = FORM.matcher(value);
            if (matcher.matches()) {
                var range =
                        new PortRange(
                                Integer.parseInt(matcher.group(1)),
                                Integer.parseInt(matcher.group(2)));
                if (range.begin() > 0
                        && range.begin() <= range.end()
                        && range.end() <= ForPort.MAX) {
                    return range;
                }
            }
            throw new TypeConversionException("'" + value + "' is not a range such as 10000-10100");
        }
    }

    /// `172.17.0.1`.
    static final class ForAddress implements ITypeConverter<InetAddress> {
        @Override
        public InetAddress convert(String value) {
            try {
                return InetAddress.ofLiteral(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(
                        "'" + value + "' is no address such as 172.17.0.1");
            }
        }
    }

    /// `198.18.0.0/15`.
    static final class ForAddressRange implements ITypeConverter<AddressRange> {
        @Override
        public AddressRange convert(String value) {
            return AddressRange.parse(value)
                    .orElseThrow(() ->
                            new TypeConversionException(
                                    "'" + value + "' is no range such as 198.18.0.0/15"));
        }
    }

    /// `10.1.0.0/16,192.168.7.9`.
    static final class ForNetworks implements ITypeConverter<Networks> {
        @Override
        public Networks convert(String value) {
            try {
                return Networks.of(List.of(value.split("\\s*,\\s*", -1)));
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(
                        "'" + value + "' is no list such as 10.1.0.0/16,192.168.7.9");
            }
        }
    }
}
