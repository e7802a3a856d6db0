package io.ekiden.log;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.AnnotatedConstructor;
import com.fasterxml.jackson.databind.introspect.AnnotatedMethod;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Records to bytes and back: JSON in an envelope that names its schema version,
/// `{"v":1,"record":{…}}`. The one place that knows how what travels on Kafka is written.
///
/// The records carry no annotations. Two rules do: a record of one text component (an id) is
/// written as that text, and a member of a sealed family carries its simple name as `type`.
public final class Codec {
    /// Written by this version of Ekiden, and the newest that it reads.
    public static final int SCHEMA = 1;

    /// Nesting, text and number limits of every parser (limits table of the architecture).
    public static final StreamReadConstraints LIMITS =
            StreamReadConstraints.builder()
                    .maxNestingDepth(64)
                    .maxStringLength(1 << 20)
                    .maxNumberLength(100)
                    .build();

    private static final JsonMapper MAPPER =
            JsonMapper.builder(JsonFactory.builder().streamReadConstraints(LIMITS).build())
                    .addModule(new Jdk8Module())
                    .addModule(new JavaTimeModule())
                    .annotationIntrospector(new RecordConventions())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(
                            SerializationFeature.WRITE_DATES_AS_TIMESTAMPS,
                            SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .disable(DeserializationFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
                    .enable(
                            DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES,
                            DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .defaultPropertyInclusion(
                            JsonInclude.Value.construct(
                                    JsonInclude.Include.NON_ABSENT, JsonInclude.Include.ALWAYS))
                    .build();

    private Codec() {}

    /// A record's bytes cannot be read: not our JSON, of a newer schema, or of an unknown kind.
    public static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1;

        Unreadable(String message) {
            super(message);
        }
    }

    /// @param family the sealed family, or the record's own class, that readers will ask for
    public static <T> byte[] encode(Class<T> family, T value) {
        var bytes = new ByteArrayOutputStream(512);
        try (JsonGenerator json = MAPPER.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeNumberField("v", SCHEMA);
            json.writeFieldName("record");
            MAPPER.writerFor(family).writeValue(json, value);
            json.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("cannot write " + value.getClass().getName(), e);
        }
        return bytes.toByteArray();
    }

    /// Never null. `null` bytes (a tombstone) are unreadable too: ask before.
    public static <T> T decode(Class<T> family, byte[] bytes) throws Unreadable {
        if (bytes == null) {
            throw new Unreadable("no value");
        }
        try (JsonParser json = MAPPER.createParser(bytes)) {
            expect(
                    json.nextToken() == JsonToken.START_OBJECT && "v".equals(json.nextFieldName()),
                    "no envelope");
            int version = json.nextIntValue(-1);
            expect(
                    version >= 1 && version <= SCHEMA,
                    "schema version " + version + " is not 1.." + SCHEMA);
            expect("record".equals(json.nextFieldName()), "no record in the envelope");
            json.nextToken();
            T value =
                    MAPPER.readerFor(family)
                            .without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                            .readValue(json);
            expect(value != null, "the record is null");
            return value;
        } catch (IOException | IllegalArgumentException | NullPointerException e) {
            throw new Unreadable(
                    String.valueOf(e.getMessage()).lines().findFirst().orElse("unreadable"));
        }
    }

    private static void expect(boolean holds, String problem) throws Unreadable {
        if (!holds) {
            throw new Unreadable(problem);
        }
    }

    /// The two rules of the class comment.
    private static final class RecordConventions extends JacksonAnnotationIntrospector {
        private static final long serialVersionUID = 1;

        @Override
        public Boolean hasAsValue(Annotated annotated) {
            boolean textOfAnId =
                    annotated instanceof AnnotatedMethod method
                            && isId(method.getDeclaringClass())
                            && method.getParameterCount() == 0
                            && method.getName().equals("value");
            return textOfAnId ? Boolean.TRUE : super.hasAsValue(annotated);
        }

        @Override
        public JsonCreator.Mode findCreatorAnnotation(MapperConfig<?> config, Annotated annotated) {
            boolean makesAnId =
                    annotated instanceof AnnotatedConstructor constructor
                            && isId(constructor.getDeclaringClass());
            return makesAnId
                    ? JsonCreator.Mode.DELEGATING
                    : super.findCreatorAnnotation(config, annotated);
        }

        private static boolean isId(Class<?> type) {
            var components = type.isRecord() ? type.getRecordComponents() : null;
            return components != null
                    && components.length == 1
                    && components[0].getName().equals("value")
                    && components[0].getType() == String.class;
        }

        @Override
        public JsonTypeInfo.Value findPolymorphicTypeInfo(
                MapperConfig<?> config, Annotated annotated) {
            boolean ofFamily =
                    annotated instanceof AnnotatedClass type && family(type.getRawType()) != null;
            return ofFamily
                    ? JsonTypeInfo.Value.construct(
                            JsonTypeInfo.Id.NAME,
                            JsonTypeInfo.As.PROPERTY,
                            "type",
                            null,
                            false,
                            null)
                    : super.findPolymorphicTypeInfo(config, annotated);
        }

        @Override
        public List<NamedType> findSubtypes(Annotated annotated) {
            var family =
                    annotated instanceof AnnotatedClass type ? family(type.getRawType()) : null;
            if (family == null) {
                return super.findSubtypes(annotated);
            }
            var members = new ArrayList<NamedType>();
            collect(family, members);
            return members;
        }

        @Override
        public String findTypeName(AnnotatedClass type) {
            return family(type.getRawType()) != null
                    ? type.getRawType().getSimpleName()
                    : super.findTypeName(type);
        }

        private static void collect(Class<?> type, List<NamedType> members) {
            if (type.isSealed()) {
                Set.of(type.getPermittedSubclasses()).forEach(member -> collect(member, members));
            } else {
                members.add(new NamedType(type, type.getSimpleName()));
            }
        }

        /// The outermost sealed interface of ours that a type belongs to; null for none.
        private static Class<?> family(Class<?> type) {
            Class<?> family = null;
            if (type.isInterface() && type.isSealed()) {
                family = type;
            }
            for (var parent : type.getInterfaces()) {
                var outer = family(parent);
                family = outer != null ? outer : family;
            }
            return family != null && family.getName().startsWith("io.ekiden.") ? family : null;
        }
    }
}
