]0;title‮ evil
