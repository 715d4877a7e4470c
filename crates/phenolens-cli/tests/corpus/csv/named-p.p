class,subject,sample,d0,d1,d2,d3
ataxia,s1,i1,-0.5,0.5,-1.75,-0.75
ataxia,s1,i2,1.25,1.25,0.25,0.25
ataxia,s2,i3,-1.5,-0.5,-0.75,-1.5
brachy,s3,i4,1.75,-0.25,0.75,-0.75
brachy,s3,i5,-0.25,-1.5,-0.25,0.5
brachy,s4,i6,-0.75,1.25,0.75,1.5
