namespace VenvBuild.Packaging;

/// <summary>How a marker compares a field with a constant. The first eight are those of version specifiers.</summary>
internal enum MarkerOperator
{
    Equal = SpecifierOperator.Equal,
    NotEqual = SpecifierOperator.NotEqual,
    LessOrEqual = SpecifierOperator.LessOrEqual,
    GreaterOrEqual = SpecifierOperator.GreaterOrEqual,
    Less = SpecifierOperator.Less,
    Greater = SpecifierOperator.Greater,
    Compatible = SpecifierOperator.Compatible,
    Arbitrary = SpecifierOperator.Arbitrary,
    In,
    NotIn,
}
