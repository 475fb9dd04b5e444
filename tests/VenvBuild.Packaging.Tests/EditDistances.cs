namespace VenvBuild.Packaging.Tests;

public sealed class EditDistances
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("", "abc", 3)]
    [InlineData("requests", "requests", 0)]
    [InlineData("requests", "request", 1)]
    [InlineData("reqeusts", "requests", 1)]
    [InlineData("numpy", "numyp", 1)]
    [InlineData("flask", "Flask", 1)]
    [InlineData("kitten", "sitting", 3)]
    public void Count_letters_added_left_out_exchanged_or_swapped(string left, string right, int distance)
    {
        Assert.Equal(distance, EditDistance.Between(left, right));
        Assert.Equal(distance, EditDistance.Between(right, left));
    }
}
